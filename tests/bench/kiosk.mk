# Whole programs measured from outside: start, idle, packing, switching. tests/bench/run runs them.
bench_PROGRAMS += bench_start bench_idle bench_idle_write bench_drop peer_sdl
measure_EXTRA := tests/bench/measure.o
screen_EXTRA := $(measure_EXTRA) tests/bench/screen.o

bench_start_EXTRA := $(screen_EXTRA)
bench_idle_EXTRA := $(screen_EXTRA)
bench_idle_write_EXTRA := $(screen_EXTRA)
bench_drop_LIBS := store
bench_drop_EXTRA := $(measure_EXTRA)
peer_sdl_PKGS := sdl2 SDL2_ttf
