# Gongkai. `make run` starts the terminal, `make check` passes every test; `make help` lists the rest.
#
# cfg=debug|release|asan|tsan|cov|fuzz   how to compile (default release)
# B=DIR                             root of everything built (default build)
# WERROR=1                          warnings are errors (development and CI)
# CROSS=aarch64-linux-gnu-          another processor
cfg ?= release
B ?= build
O := $(B)/$(cfg)
GEN := $(B)/gen

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
SHELL := /bin/bash

include firmware/layers.mk
include $(sort $(wildcard firmware/*/module.mk tools/*/module.mk))
include $(sort $(wildcard tests/*/*.mk))

# --- compiler ---------------------------------------------------------------------------------
CC := $(CROSS)gcc
AR := $(CROSS)ar
PKG_CONFIG ?= $(CROSS)pkg-config
WARN := -std=c11 -pedantic -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wconversion \
        -Wsign-conversion -Wdouble-promotion -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
HARDEN := -fno-common -fstack-protector-strong
flags_debug   := -O1 -g
flags_release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
flags_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags_tsan    := -O1 -g -fsanitize=thread
flags_cov     := -O0 -g --coverage
flags_fuzz    := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
link_asan := -fsanitize=address,undefined
link_tsan := -fsanitize=thread
link_cov  := --coverage
link_fuzz := -fsanitize=address,undefined
ifeq ($(cfg),fuzz)
CC := clang
endif
VERSION := 1.0.0
CPPFLAGS += -Ifirmware -Itools -Iassets -I$(GEN) -D_GNU_SOURCE -DGONGKAI_VERSION='"$(VERSION)"'
CFLAGS += $(WARN) $(HARDEN) $(flags_$(cfg)) $(if $(WERROR),-Werror)
LDFLAGS += $(link_$(cfg)) -Wl,--as-needed -Wl,-z,relro,-z,now
LDLIBS += -lm

# --- layers become libraries --------------------------------------------------------------------
# closure of the layers that a list of layers needs, dependents first (the linker's order)
uses = $(foreach l,$(1),$(l) $(layer_$(l)))
closure = $(strip $(foreach l,screens input ui draw text store package edition base,\
          $(if $(filter $(l),$(call uses,$(call uses,$(1)))),$(l))))
libs = $(foreach l,$(1),$(O)/lib$(l).a)
pkg_of = $(sort $(foreach l,$(1),$(pkgs_$(l))))
pkg_libs = $(if $(1),$(shell $(PKG_CONFIG) --libs $(1)))
pkg_cflags = $(if $(1),$(shell $(PKG_CONFIG) --cflags $(1)))

define layer_rules
$(1)_OBJ := $$(patsubst %.c,$(O)/firmware/$(1)/%.o,$$($(1)_SRC)) $$(patsubst %.c,$(O)/gen/%.o,$$($(1)_GEN))
$$($(1)_OBJ): PKG_CFLAGS = $$(call pkg_cflags,$$(pkgs_$(1)))
$(O)/lib$(1).a: $$($(1)_OBJ)
	@mkdir -p $$(@D)
	@rm -f $$@
	@$$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

# PROGRAMS += name; name_DIR = folder; name_SRC = sources in it; name_LAYER = its line in layers.mk
define program_rules
$(1)_OBJ := $$(patsubst %.c,$(O)/$$($(1)_DIR)/%.o,$$($(1)_SRC))
$(1)_CLOSURE := $$(call closure,$$(layer_$$($(1)_LAYER)))
$(1)_PKGS := $$(sort $$(call pkg_of,$$($(1)_CLOSURE) $$($(1)_LAYER)))
$$($(1)_OBJ): PKG_CFLAGS = $$(call pkg_cflags,$$(pkgs_$$($(1)_LAYER)))
$(O)/$(1): $$($(1)_OBJ) $$(call libs,$$($(1)_CLOSURE))
	@echo "  LINK $$@"
	@$$(CC) $$(LDFLAGS) -o $$@ $$($(1)_OBJ) $$(call libs,$$($(1)_CLOSURE)) $$(call pkg_libs,$$($(1)_PKGS)) $$($(1)_LDLIBS) $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(p))))

# unit tests: tests/unit/test_x.c, linked with the layers of test_x_LIBS and objects of test_x_EXTRA
define unit_rules
$(O)/tests/unit/$(1).o: PKG_CFLAGS = $$(call pkg_cflags,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS) cmocka)
$(O)/tests/unit/$(1): $(O)/tests/unit/$(1).o $$(addprefix $(O)/,$$($(1)_EXTRA)) $$(call libs,$$(call closure,$$($(1)_LIBS)))
	@$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(call libs,$$(call closure,$$($(1)_LIBS))) \
	    $$(call pkg_libs,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS) cmocka) $$($(1)_LDLIBS) $$(LDLIBS)
endef
$(foreach t,$(unit_TESTS),$(eval $(call unit_rules,$(t))))

$(O)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(O)/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# --- what people type ---------------------------------------------------------------------------
.PHONY: all clean unit
all: $(addprefix $(O)/,$(PROGRAMS))
.DEFAULT_GOAL := all

unit: $(addprefix $(O)/tests/unit/,$(unit_TESTS))
	@for t in $^; do $$t >$$t.log 2>&1 && echo "  PASS $${t##*/}" || { cat $$t.log; echo "  FAIL $${t##*/}"; exit 1; }; done

unit-%: $(O)/tests/unit/test_%
	@$<

clean:
	rm -rf $(B)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
