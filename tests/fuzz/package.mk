# A target is tests/fuzz/<name>.c with LLVMFuzzerTestOneInput, linked with the layers of _LIBS, the objects of _EXTRA and
# -fsanitize=fuzzer under cfg=fuzz.
fuzz_TARGETS += fuzz_package
fuzz_package_LIBS := package
fuzz_package_EXTRA := tools/pack/keys.o tools/pack/sentence.o
