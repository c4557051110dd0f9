bench_PROGRAMS += bench_layout
bench_layout_LIBS := text
bench_layout_PKGS := pangoft2
bench_layout_ARGS = $(B)/fonts assets/demo/reports/2009.txt
