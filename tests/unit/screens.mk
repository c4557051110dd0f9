unit_TESTS += test_parts
test_parts_LIBS := screens
