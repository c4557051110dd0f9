bench_PROGRAMS += bench_draw
bench_draw_LIBS := draw
$(O)/tests/bench/bench_draw.o: | $(GEN)/icons.h
