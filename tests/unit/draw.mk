draw_TESTS := test_draw_painter test_draw_pixels
unit_TESTS += $(draw_TESTS) test_platform test_evdev test_turn
$(foreach t,$(draw_TESTS),$(eval $(t)_LIBS := draw))
$(addprefix $(O)/tests/unit/,$(draw_TESTS)): | $(FONTS)

test_draw_pixels_PKGS := libpng

platform_OBJ := $(addprefix firmware/kiosk/,platform.o platform_headless.o platform_sdl.o platform_sdl_events.o sink.o wake.o)
test_platform_LIBS := draw
test_platform_EXTRA := $(platform_OBJ)
test_platform_PKGS := sdl2
$(addprefix $(O)/,$(platform_OBJ) $(patsubst %,tests/unit/%.o,test_platform $(draw_TESTS))): | $(GEN)/icons.h

input_OBJ := $(addprefix firmware/kiosk/,evdev.o sink.o turn.o)
test_evdev_LIBS := draw
test_evdev_EXTRA := $(input_OBJ)
test_turn_LIBS := draw
test_turn_EXTRA := firmware/kiosk/turn.o
$(addprefix $(O)/,$(input_OBJ) tests/unit/test_evdev.o tests/unit/test_turn.o): | $(GEN)/icons.h
