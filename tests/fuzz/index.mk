# What a web server answers.
fuzz_TARGETS += fuzz_index
fuzz_index_LIBS := package
fuzz_index_EXTRA := firmware/syncd/fetch_range.o firmware/syncd/https_window.o
