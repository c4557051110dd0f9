# The parts of gongkai-kiosk that need no screen.
unit_TESTS += test_source
test_source_LIBS := store
test_source_EXTRA := firmware/kiosk/source.o
$(O)/firmware/kiosk/source.o $(O)/tests/unit/test_source.o: | $(GEN)/icons.h
# The staff's model and session.
unit_TESTS += test_staff
test_staff_LIBS := screens store
test_staff_EXTRA := firmware/kiosk/staff_link.o
$(O)/firmware/kiosk/staff_link.o $(O)/tests/unit/test_staff.o: | $(GEN)/icons.h
