# Bytes of deltas.
bench_PROGRAMS += bench_delta
bench_delta_LIBS := edition package
bench_delta_PKGS := $(pkgs_pack)
bench_delta_LDLIBS := -pthread
bench_delta_EXTRA := tests/bench/measure.o tests/bench/delta_content.o \
                     $(addprefix tools/pack/,$(pack_RELEASE:.c=.o) image.o image_jpeg.o image_png.o image_scale.o)
$(O)/tests/bench/bench_delta: | $(O)/gongkai-pack
