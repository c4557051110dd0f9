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
include board/board.mk

# --- compiler ---------------------------------------------------------------------------------
CC := $(CROSS)gcc
HOSTCC ?= gcc
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
flags_plant   := -O1 -g -DGONGKAI_PLANTS
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
pkg_libs = $(if $(strip $(1)),$(shell $(PKG_CONFIG) --libs $(1)))
pkg_cflags = $(if $(strip $(1)),$(shell $(PKG_CONFIG) --cflags $(1)))

define layer_rules
$(1)_OBJ := $$(patsubst %.c,$(O)/firmware/$(1)/%.o,$$($(1)_SRC)) $$(patsubst %.c,$(O)/gen/%.o,$$($(1)_GEN))
$$($(1)_OBJ): PKG_CFLAGS = $$(call pkg_cflags,$$(pkgs_$(1)))
$(O)/lib$(1).a: $$($(1)_OBJ)
	@mkdir -p $$(@D)
	@rm -f $$@
	@$$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

# Debug sections go beside a released program: a cold start reads whole files on disks with long read-ahead.
separate_debug = $(if $(filter release,$(cfg)),@$(CROSS)objcopy --only-keep-debug $(1) $(1).debug && \
    $(CROSS)objcopy --strip-debug --add-gnu-debuglink=$(1).debug $(1))

# PROGRAMS += name; name_DIR = folder; name_SRC = sources in it; name_LAYER = its line in layers.mk
define program_rules
$(1)_OBJ := $$(patsubst %.c,$(O)/$$($(1)_DIR)/%.o,$$($(1)_SRC))
$(1)_CLOSURE := $$(call closure,$$(layer_$$($(1)_LAYER)))
$(1)_PKGS := $$(sort $$(call pkg_of,$$($(1)_CLOSURE) $$($(1)_LAYER)))
$$($(1)_OBJ): PKG_CFLAGS = $$(call pkg_cflags,$$(pkgs_$$($(1)_LAYER)))
$(O)/$(1): $$($(1)_OBJ) $$(call libs,$$($(1)_CLOSURE))
	@echo "  LINK $$@"
	@$$(CC) $$(LDFLAGS) -o $$@ $$($(1)_OBJ) $$(call libs,$$($(1)_CLOSURE)) $$(call pkg_libs,$$($(1)_PKGS)) $$($(1)_LDLIBS) $$(LDLIBS)
	$$(call separate_debug,$$@)
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

$(O)/gen/%.o: $(GEN)/%.c | $(GEN)/icons.h
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(O)/%.o: %.c | $(GEN)/icons.h
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# --- programs of tests --------------------------------------------------------------------------
# bench_PROGRAMS += bench_x; bench_x_LIBS, _PKGS, _EXTRA, _ARGS; prints `name value unit` lines
define bench_rules
$(O)/tests/bench/$(1).o: PKG_CFLAGS = $$(call pkg_cflags,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS))
$(O)/tests/bench/$(1): $(O)/tests/bench/$(1).o $$(addprefix $(O)/,$$($(1)_EXTRA)) $$(call libs,$$(call closure,$$($(1)_LIBS)))
	@$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(call libs,$$(call closure,$$($(1)_LIBS))) \
	    $$(call pkg_libs,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS)) $$($(1)_LDLIBS) $$(LDLIBS)
endef
$(foreach t,$(bench_PROGRAMS),$(eval $(call bench_rules,$(t))))

# fuzz_TARGETS += fuzz_x; fuzz_x_LIBS, _EXTRA. Under cfg=fuzz a libFuzzer program, otherwise one that replays the files it is given.
fuzz_MAIN := $(if $(filter fuzz,$(cfg)),,$(O)/tests/fuzz/replay.o)
define fuzz_rules
$(O)/tests/fuzz/$(1).o: PKG_CFLAGS = $$(call pkg_cflags,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS))
$(O)/tests/fuzz/$(1): $(O)/tests/fuzz/$(1).o $(fuzz_MAIN) $$(addprefix $(O)/,$$($(1)_EXTRA)) $$(call libs,$$(call closure,$$($(1)_LIBS)))
	@$$(CC) $$(LDFLAGS) $(if $(filter fuzz,$(cfg)),-fsanitize=fuzzer) -o $$@ $$(filter %.o,$$^) $$(call libs,$$(call closure,$$($(1)_LIBS))) \
	    $$(call pkg_libs,$$(call pkg_of,$$(call closure,$$($(1)_LIBS))) $$($(1)_PKGS)) $$($(1)_LDLIBS) $$(LDLIBS)
endef
$(foreach t,$(fuzz_TARGETS),$(eval $(call fuzz_rules,$(t))))

# --- what people type ---------------------------------------------------------------------------
.DEFAULT_GOAL := all
.PHONY: all help run check check-quick demo bench unit deps deps-test clean data
all: $(addprefix $(O)/,$(PROGRAMS)) data

data: $(FONTS) $(INPUT_DATA)

help:
	@echo 'make run          装好所需的软件包，编译，制作示例内容，启动终端'
	@echo 'make check        装好所需的软件包，通过全部测试（15 分钟以内）'
	@echo 'make demo         制作示例内容：build/demo/demo.gkp，展开的内容库 build/demo/content.db'
	@echo 'make bench        打印各项数字（名称 数值 单位）；make bench ONLY=名称,… 只测一部分'
	@echo 'make unit         单元测试      make golden 截图与排版对照（UPDATE_GOLDEN=1 重新生成）'
	@echo 'make e2e          端到端测试    make fault 逐个系统调用的断电试验    make fuzz 模糊测试'
	@echo 'make install      安装到 DESTDIR       make image 终端的系统映像    make emulate 在模拟器里试用它（几分钟）'
	@echo 'cfg=debug|release|asan|tsan|cov|fuzz  WERROR=1  B=目录  CROSS=aarch64-linux-gnu-'

deps:
	@tools/deps build run
deps-test:
	@tools/deps build run test

run: deps
	@$(MAKE) --no-print-directory all demo
	@tools/run $(B) $(O)

# The demonstration edition, signed by both roles with keys of its own.
DEMO := $(B)/demo
demo: $(DEMO)/content.db
$(DEMO)/content.db: $(O)/gongkai-pack $(shell find assets/demo -type f 2>/dev/null)
	@tools/make_demo $(O)/gongkai-pack assets/demo $(DEMO)

# Each header compiles alone.
.PHONY: check-headers
check-headers: $(GEN)/icons.h
	@for h in $$(git ls-files --cached --others --exclude-standard 'firmware/*.h' 'tools/pack/*.h' 'tools/ctl/*.h'); do \
	    $(CC) $(CPPFLAGS) $(call pkg_cflags,$(sort $(foreach l,$(LAYERS) kiosk,$(pkgs_$(l))))) $(WARN) -Werror -fsyntax-only -x c \
	        -include $$h /dev/null || { echo "  FAIL $$h does not compile alone"; exit 1; }; done
	@echo "  PASS headers"

# Fuzz targets fed with their kept corpora (tests/fuzz/corpus/NAME); `make fuzz cfg=fuzz FUZZ_S=600` looks for new cases.
.PHONY: fuzz fuzz-replay
fuzz-replay: $(addprefix $(O)/tests/fuzz/,$(fuzz_TARGETS))
	@export GONGKAI_FONTS=$(B)/fonts; for t in $(fuzz_TARGETS); do $(O)/tests/fuzz/$$t tests/fuzz/corpus/$${t#fuzz_} || exit 1; done
FUZZ_S ?= 60
fuzz:
	@$(MAKE) --no-print-directory cfg=fuzz fuzz-run
fuzz-run: $(addprefix $(O)/tests/fuzz/,$(fuzz_TARGETS))
	@export GONGKAI_FONTS=$(B)/fonts; for t in $(fuzz_TARGETS); do mkdir -p $(B)/fuzz/$$t; \
	    $(O)/tests/fuzz/$$t -max_total_time=$(FUZZ_S) -print_final_stats=1 $(B)/fuzz/$$t tests/fuzz/corpus/$${t#fuzz_} || exit 1; done

check: deps-test
	@tests/check $(B)

unit: $(addprefix $(O)/tests/unit/,$(unit_TESTS))
	@tests/run_unit $(addprefix $(O)/tests/unit/,$(unit_TESTS))

unit-%: $(O)/tests/unit/test_%
	@$<

bench: deps-test
	@$(MAKE) --no-print-directory bench-run
bench-run: $(addprefix $(O)/,$(PROGRAMS)) data demo $(addprefix $(O)/tests/bench/,$(bench_PROGRAMS))
	@tests/bench/run $(B) $(O) "$(ONLY)"

clean:
	rm -rf $(B)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
