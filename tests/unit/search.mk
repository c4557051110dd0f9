# Search held against a plain scan, over a made-up corpus (search_OBJ: tests/bench/search.mk).
unit_TESTS += test_search test_search_words
test_search_LIBS := edition
test_search_PKGS := sqlite3
test_search_EXTRA := $(search_OBJ)
test_search_words_LIBS := edition
test_search_words_PKGS := sqlite3
test_search_words_EXTRA := $(search_OBJ)
