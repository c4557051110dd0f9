bench_PROGRAMS += bench_input
bench_input_LIBS := input
$(O)/tests/bench/bench_input: | $(INPUT_DATA)
