PROGRAMS += gongkai-syncd
gongkai-syncd_DIR := firmware/syncd
gongkai-syncd_SRC := config.c daemon.c drop.c https_window.c main.c serve.c tidy.c transfer.c
gongkai-syncd_LAYER := syncd
