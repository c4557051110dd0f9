PROGRAMS += gongkai-syncd
gongkai-syncd_DIR := firmware/syncd
gongkai-syncd_SRC := config.c daemon.c drop.c duties.c fetch.c fetch_child.c fetch_confine.c fetch_range.c https_window.c main.c requests.c serve.c tell.c tidy.c transfer.c
gongkai-syncd_LAYER := syncd
