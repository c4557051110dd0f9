# An import measured as a whole: a throttled source, processor time, memory, flushes, forged heads.
bench_PROGRAMS += bench_import
bench_import_LIBS := store
bench_import_PKGS := fuse3
import_EXTRA := tests/bench/measure.o tests/bench/slow_stick.o tests/bench/import_run.o tests/unit/store_fixture.o \
    $(addprefix tools/pack/,keys.o keygen.o sentence.o release.o release_compress.o release_file.o release_progress.o \
    release_read.o release_show.o)
bench_import_EXTRA := $(import_EXTRA)
bench_import_LDLIBS := -pthread

# The screens beside an import.
bench_PROGRAMS += bench_import_scroll
bench_import_scroll_LIBS := store
bench_import_scroll_PKGS := fuse3
bench_import_scroll_EXTRA := $(import_EXTRA)
bench_import_scroll_LDLIBS := -pthread
$(O)/tests/bench/slow_stick.o: PKG_CFLAGS = $(call pkg_cflags,fuse3)
