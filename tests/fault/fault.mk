# The fault laboratory. make fault: everything; the short forms run in make check.
fault_LIB_OBJ := $(addprefix $(O)/tests/fault/,lab.o scenario.o verdict.o crew.o tree.o) $(O)/tests/unit/store_fixture.o \
                 $(addprefix $(O)/tools/pack/,keys.o keygen.o rekey.o sentence.o release.o release_compress.o \
                 release_file.o release_progress.o release_read.o release_show.o)
fault_LIBS := $(addprefix $(O)/,libstore.a libpackage.a libedition.a libbase.a)
fault_PROGRAMS := kill_test fail_test alloc_test replay_test history_test
fault_OWN_kill_test := trace.o recovery.o seen.o
fault_OWN_fail_test := trace.o seen.o
fault_OWN_replay_test := blocklog.o crash.o seen.o disk.o record.o
fault_PKGS_replay_test := fuse3
$(O)/tests/fault/blocklog.o: PKG_CFLAGS = $(call pkg_cflags,fuse3)

define fault_rules
$(O)/tests/fault/$(1): $(O)/tests/fault/$(1).o $$(addprefix $(O)/tests/fault/,$$(fault_OWN_$(1))) $$(fault_LIB_OBJ) $$(fault_LIBS)
	@mkdir -p $$(@D)
	@$$(CC) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(fault_LIBS) $$(call pkg_libs,$$(call pkg_of,$$(call closure,store)) $$(fault_PKGS_$(1))) -pthread $$(LDLIBS)
endef
$(foreach t,$(fault_PROGRAMS),$(eval $(call fault_rules,$(t))))

$(O)/tests/fault/fail_alloc.so: tests/fault/fail_alloc.c tests/fault/fail_alloc.h
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(WARN) -O1 -fPIC -shared -o $@ $<

# A killed process loses nothing that it wrote: no real disk is needed.
fault_TMP := $(if $(wildcard /dev/shm/.),TMPDIR=/dev/shm) ASAN_OPTIONS=detect_leaks=0
# FORM=short: what make check runs.
FORM ?= full

.PHONY: fault fault-kill fault-fail fault-alloc fault-replay fault-history
fault: fault-replay fault-kill fault-fail fault-alloc fault-history
fault-kill fault-fail fault-replay fault-history: fault-%: $(O)/tests/fault/%_test $(O)/gongkai-syncd
	@$(fault_TMP) $< $(O)/gongkai-syncd $(FORM)
fault-alloc: $(O)/tests/fault/alloc_test $(O)/tests/fault/fail_alloc.so $(O)/gongkai-syncd
	@$(fault_TMP) $< $(O)/gongkai-syncd $(O)/tests/fault/fail_alloc.so $(FORM)

# The state machine as a model, exhaustively (spin), with CUTS power cuts; each of its own removed steps must be noticed.
.PHONY: model
fault: model
model:
	@tests/model/run $(O)/tests/model $(or $(CUTS),3)

# Planted errors: a laboratory build in which each of them can be switched on, and who notices it.
plants_QUICK := test_store_select test_store_policy test_store_choose test_package_trust test_planted test_synced
plants_UNIT := $(plants_QUICK) test_store_install test_store_box test_package_head test_package_format test_keys_in test_store_stage
plants_LAB := $(O)/gongkai-syncd $(O)/tests/fault/kill_test $(O)/tests/fault/replay_test
.PHONY: fault-plants fault-plants-run
fault: fault-plants
fault-plants:
	@$(MAKE) --no-print-directory cfg=plant fault-plants-run
fault-plants-run: $(if $(filter short,$(FORM)),$(addprefix $(O)/tests/unit/,$(plants_QUICK)),$(plants_LAB) \
                    $(addprefix $(O)/tests/unit/,$(plants_UNIT)))
	@ONLY="$(if $(filter short,$(FORM)),$(plants_QUICK))" tests/fault/plants $(O) $(PLANTS)
