# make fault: the daemon killed at, and failed in, every system call of one update.
fault_OBJ := $(addprefix $(O)/,tests/fault/kill_test.o tests/unit/store_fixture.o \
             $(addprefix tools/pack/,keys.o keygen.o sentence.o release.o release_compress.o \
             release_file.o release_progress.o release_read.o release_show.o))
fault_LIBS := $(addprefix $(O)/,libstore.a libpackage.a libedition.a libbase.a)

$(O)/tests/fault/kill_test: $(fault_OBJ) $(fault_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $(fault_OBJ) $(fault_LIBS) $(call pkg_libs,libsodium libzstd sqlite3) -pthread $(LDLIBS)

# Neither needs a real disk: a killed process loses nothing that it wrote.
fault_TMP := $(if $(wildcard /dev/shm/.),TMPDIR=/dev/shm)

.PHONY: fault fault-kill fault-fail
fault: fault-kill fault-fail
fault-kill: $(O)/tests/fault/kill_test $(O)/gongkai-syncd
	@$(fault_TMP) ASAN_OPTIONS=detect_leaks=0 $< $(O)/gongkai-syncd kill
fault-fail: $(O)/tests/fault/kill_test $(O)/gongkai-syncd
	@$(fault_TMP) ASAN_OPTIONS=detect_leaks=0 $< $(O)/gongkai-syncd fail

-include $(O)/tests/fault/kill_test.d
