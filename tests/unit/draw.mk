draw_TESTS := test_draw_painter test_draw_pixels
unit_TESTS += $(draw_TESTS) test_platform
$(foreach t,$(draw_TESTS),$(eval $(t)_LIBS := draw))
$(addprefix $(O)/tests/unit/,$(draw_TESTS)): | $(FONTS)

test_draw_pixels_PKGS := libpng

platform_OBJ := $(addprefix firmware/kiosk/,platform.o platform_headless.o platform_sdl.o platform_sdl_events.o wake.o)
test_platform_LIBS := draw
test_platform_EXTRA := $(platform_OBJ)
test_platform_PKGS := sdl2
$(addprefix $(O)/,$(platform_OBJ) $(patsubst %,tests/unit/%.o,test_platform $(draw_TESTS))): | $(GEN)/icons.h
