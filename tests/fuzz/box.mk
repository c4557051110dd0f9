# The messages of the process that reads packages.
fuzz_TARGETS += fuzz_box
fuzz_box_LIBS := store
fuzz_box_EXTRA := tools/pack/keys.o tools/pack/sentence.o
