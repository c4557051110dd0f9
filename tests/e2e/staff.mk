# make e2e-staff: staff with a stick before the screen and the daemon.
.PHONY: e2e-staff
e2e: e2e-staff
e2e-staff: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk tests/e2e/stick_disk) data
	@BIN=$(O) tests/e2e/staff.sh
