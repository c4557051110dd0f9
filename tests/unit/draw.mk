unit_TESTS += test_platform
platform_OBJ := $(addprefix firmware/kiosk/,platform.o platform_headless.o platform_sdl.o platform_sdl_events.o wake.o)
test_platform_LIBS := draw
test_platform_EXTRA := $(platform_OBJ)
test_platform_PKGS := sdl2
$(addprefix $(O)/,$(platform_OBJ) tests/unit/test_platform.o): | $(GEN)/icons.h
