# The parts of gongkai-kiosk that need no screen.
unit_TESTS += test_source
test_source_LIBS := store
test_source_EXTRA := firmware/kiosk/source.o
$(O)/firmware/kiosk/source.o $(O)/tests/unit/test_source.o: | $(GEN)/icons.h
