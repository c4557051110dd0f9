PROGRAMS += gongkaictl
gongkaictl_DIR := tools/ctl
gongkaictl_SRC := ask.c export.c import.c main.c pin.c status.c
gongkaictl_LAYER := ctl
