PROGRAMS += gongkai-kiosk
gongkai-kiosk_DIR := firmware/kiosk
gongkai-kiosk_LAYER := kiosk
gongkai-kiosk_SRC := app.c driver.c driver_answers.c driver_hands.c driver_words.c evdev.c main.c options.c platform.c platform_drm.c platform_headless.c platform_sdl.c platform_sdl_events.c scanout.c sink.c source.c staff_link.c turn.c vt.c wake.c

# What the program finds beside it: input/strokes.bin and input/rime.
INPUT_DATA := $(B)/input/strokes.bin $(B)/input/rime
$(B)/input/strokes.bin: assets/strokes/strokes.bin
	@mkdir -p $(@D)
	@cp $< $@
$(B)/input/rime: | $(B)/rime/gongkai.prism.bin
	@mkdir -p $(@D)
	@ln -sfn ../rime $@
