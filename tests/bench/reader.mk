# The reader on long documents, in one process: the app on a canvas in memory, documents made by the real packer.
bench_PROGRAMS += bench_reader
bench_reader_LIBS := screens
bench_reader_EXTRA := firmware/kiosk/app.o tests/bench/measure.o tests/bench/long_document.o
$(O)/tests/bench/bench_reader: | $(O)/gongkai-pack
$(O)/tests/bench/bench_reader.o: | $(GEN)/icons.h
