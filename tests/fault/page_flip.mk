# Installed content that decays: make fault-flip (every page), fault-flip-sample and fault-damages (in make check).
flip_OBJ := $(addprefix $(O)/tests/fault/,page_flip.o page_flip_table.o)
$(flip_OBJ): CPPFLAGS += -I.
$(O)/tests/fault/page_flip: $(flip_OBJ)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $(flip_OBJ) $(LDLIBS)

flip_NEEDS := $(addprefix $(O)/,tests/fault/page_flip gongkai-pack gongkai-syncd gongkai-kiosk) data
flip_TMP := $(if $(wildcard /dev/shm/.),TMPDIR=/dev/shm)
.PHONY: fault fault-flip fault-flip-sample fault-damages
fault: fault-flip fault-damages
fault-flip: $(flip_NEEDS)
	@$(flip_TMP) $(O)/tests/fault/page_flip $(O) pages
fault-flip-sample: $(flip_NEEDS)
	@$(flip_TMP) $(O)/tests/fault/page_flip $(O) sample
fault-damages: $(flip_NEEDS)
	@$(flip_TMP) $(O)/tests/fault/page_flip $(O) damages

-include $(flip_OBJ:.o=.d)
