# A terminal's system: what is installed where, its image, and the image tried in an emulator.
#   make install DESTDIR=…   programs, data and the files of board/ to their places
#   make image               $(B)/board/system/rootfs.ext4, vmlinuz, initrd.img: a Debian system with Gongkai, root file system read-only
#   make emulate             boots it in QEMU, plugs sticks, a keyboard, pulls a stick, cuts the power, exports records; some minutes without KVM
PREFIX := /usr
share := $(DESTDIR)$(PREFIX)/share/gongkai
.PHONY: install image emulate
install: all demo
	install -D -t $(DESTDIR)$(PREFIX)/bin $(addprefix $(O)/,gongkai-kiosk gongkai-syncd gongkaictl)
	install -D -m 644 -t $(share)/fonts $(FONTS)
	install -D -m 644 -t $(share)/input $(B)/input/strokes.bin
	install -D -m 644 -t $(share)/input/rime $(B)/input/rime/*
	install -D -m 644 -t $(share)/factory $(DEMO)/content.db
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system board/*.service board/*.path
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/udev/rules.d board/70-gongkai-stick.rules
	install -D -m 644 board/data-layout.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/gongkai.conf
	install -D -m 644 board/gongkai-users.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/gongkai.conf
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/lib/gongkai board/stick-mount
	install -D -m 644 -t $(DESTDIR)/etc/gongkai board/syncd.ini

board_OUT := $(B)/board
image:
	@tools/deps build image
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(board_OUT))/tree >/dev/null
	@mkdir -p $(board_OUT)/system
	@board/image $(board_OUT)/system $(board_OUT)/tree

$(board_OUT)/hand/usr/lib/gongkai/hand: board/emulator/hand.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARN) -o $@ $<

emulate: $(O)/gongkai-pack $(board_OUT)/hand/usr/lib/gongkai/hand
	@tools/deps build image
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(board_OUT))/tree >/dev/null
	@mkdir -p $(board_OUT)/emulated
	@board/image $(board_OUT)/emulated $(board_OUT)/tree $(board_OUT)/hand board/emulator/guest
	@board/emulator/run $(O) $(DEMO) $(board_OUT)/emulated
