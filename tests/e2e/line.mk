.PHONY: e2e-line
e2e: e2e-line
e2e-line: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk) data
	@BIN=$(O) tests/e2e/line.sh

.PHONY: e2e-driver
e2e: e2e-driver
e2e-driver: $(O)/gongkai-kiosk data demo
	@BIN=$(O) CONTENT=$(DEMO)/content.db tests/e2e/driver.sh

.PHONY: e2e-resize
e2e: e2e-resize
e2e-resize: $(O)/gongkai-kiosk data demo
	@BIN=$(O) CONTENT=$(DEMO)/content.db tests/e2e/resize.sh

.PHONY: e2e-find
e2e: e2e-find
e2e-find: $(O)/gongkai-kiosk data demo
	@BIN=$(O) CONTENT=$(DEMO)/content.db tests/e2e/find.sh

.PHONY: e2e
e2e: e2e-pack
