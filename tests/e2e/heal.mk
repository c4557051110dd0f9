.PHONY: e2e-heal
e2e: e2e-heal
e2e-heal: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk) data
	@BIN=$(O) tests/e2e/heal.sh
