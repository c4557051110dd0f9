# Fetching over HTTPS: the daemon's parts that need no server.
unit_TESTS += test_https_window
test_https_window_LIBS := base
test_https_window_EXTRA := firmware/syncd/https_window.o
unit_TESTS += test_listing
test_listing_LIBS := package
