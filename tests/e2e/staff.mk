# make e2e-staff: staff with a stick before the screen and the daemon.
.PHONY: e2e-staff
e2e: e2e-staff
e2e-staff: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk tests/e2e/stick_disk) data
	@BIN=$(O) tests/e2e/staff.sh

# make e2e-staff-fits: the staff's screens on panels of all sizes.
.PHONY: e2e-staff-fits
e2e: e2e-staff-fits
e2e-staff-fits: $(O)/gongkai-kiosk data demo
	@BIN=$(O) CONTENT=$(DEMO)/content.db tests/e2e/staff_fits.sh
