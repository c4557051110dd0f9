# What a server answers to a report, and the daemon's ini file.
fuzz_TARGETS += fuzz_reply fuzz_config
fuzz_reply_LIBS := base
fuzz_reply_EXTRA := firmware/syncd/post_reply.o
fuzz_config_LIBS := base
fuzz_config_EXTRA := firmware/syncd/config.o firmware/syncd/https_window.o
