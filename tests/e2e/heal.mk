.PHONY: e2e-heal
e2e: e2e-heal
e2e-heal: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk) data
	@BIN=$(O) tests/e2e/heal.sh
.PHONY: e2e-clock
e2e: e2e-clock
e2e-clock: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkai-kiosk) data
	@BIN=$(O) tests/e2e/clock.sh
