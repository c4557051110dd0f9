bench_PROGRAMS += bench_layout
bench_layout_LIBS := text
bench_layout_PKGS := pangoft2
