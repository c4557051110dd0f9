# make e2e-keys: a stolen release key from the theft to the recovery, changing keys by several people, signed settings, the PIN.
.PHONY: e2e-keys
e2e: e2e-keys
e2e-keys: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl gongkai-kiosk tests/e2e/sync_probe) data
	@BIN=$(O) tests/e2e/keys.sh
