# make e2e-sync: packages made by gongkai-pack go through the real daemon; every bad input has its receipt.
sync_PROBE_OBJ := $(O)/tests/e2e/sync_probe.o
sync_LIBS := $(addprefix $(O)/,libstore.a libpackage.a libedition.a libbase.a)

$(O)/tests/e2e/sync_probe: $(sync_PROBE_OBJ) $(sync_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $(sync_PROBE_OBJ) $(sync_LIBS) $(call pkg_libs,libsodium libzstd sqlite3) $(LDLIBS)

.PHONY: e2e e2e-sync
e2e: e2e-sync
e2e-sync: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl tests/e2e/sync_probe)
	@BIN=$(O) tests/e2e/sync.sh

-include $(O)/tests/e2e/sync_probe.d
