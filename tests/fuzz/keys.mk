# Root files with their signatures, and signed settings; the corpora hold good ones and their neighbours.
fuzz_TARGETS += fuzz_root fuzz_settings
fuzz_root_LIBS := package
fuzz_root_EXTRA := tools/pack/keys.o tools/pack/sentence.o
fuzz_settings_LIBS := package
fuzz_settings_EXTRA := tools/pack/keys.o tools/pack/sentence.o
