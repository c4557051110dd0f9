# make e2e-stick: sticks of every kind before the real daemon.
stick_DISK_OBJ := $(O)/tests/e2e/stick_disk.o
$(stick_DISK_OBJ): PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags fuse3)

$(O)/tests/e2e/stick_disk: $(stick_DISK_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $(stick_DISK_OBJ) $(call pkg_libs,fuse3) -pthread $(LDLIBS)

.PHONY: e2e-stick
e2e: e2e-stick
e2e-stick: $(addprefix $(O)/,gongkai-pack gongkai-syncd gongkaictl tests/e2e/sync_probe tests/e2e/stick_disk)
	@BIN=$(O) tests/e2e/stick.sh

-include $(O)/tests/e2e/stick_disk.d
