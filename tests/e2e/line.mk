.PHONY: e2e-line
e2e: e2e-line
e2e-line: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk) data
	@BIN=$(O) tests/e2e/line.sh
