# Search and catalogue over 100,000 titles and 20,000 documents.
search_OBJ := $(addprefix tools/pack/,edition_writer.o encoding.o index.o index_lists.o index_orders.o pinyin.o) tests/unit/search_corpus.o
bench_PROGRAMS += bench_search
bench_search_LIBS := edition
bench_search_PKGS := sqlite3
bench_search_EXTRA := $(search_OBJ)
$(O)/tests/bench/bench_search: | $(O)/gongkai-kiosk
