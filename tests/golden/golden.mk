$(O)/tests/golden/grade: tests/golden/grade.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -O2 -Wall -Wextra $(shell $(PKG_CONFIG) --cflags libpng) -o $@ $< $(shell $(PKG_CONFIG) --libs libpng)

# Screenshots of every screen, graded; `make golden UPDATE_GOLDEN=1` makes the references anew: look at them before committing.
.PHONY: golden
golden: $(O)/gongkai-kiosk $(O)/tests/golden/grade data demo
	@UPDATE_GOLDEN=$(UPDATE_GOLDEN) tests/golden/run $(O)/gongkai-kiosk $(O)/tests/golden/grade $(DEMO)/content.db $(abspath $(B))/golden
