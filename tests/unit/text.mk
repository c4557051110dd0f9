unit_TESTS += test_text_break
test_text_break_LIBS := text
