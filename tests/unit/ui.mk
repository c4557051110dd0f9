unit_TESTS += test_theme test_scroll test_touch test_query
test_theme_LIBS := ui
test_theme_LDLIBS := -lm
test_scroll_LIBS := ui
test_touch_LIBS := ui
test_query_LIBS := base
test_query_EXTRA := firmware/screens/query.o
