# Fetching over HTTPS: the daemon's parts that need no server.
unit_TESTS += test_https_window
test_https_window_LIBS := base
test_https_window_EXTRA := $(addprefix firmware/syncd/,https_wait.o https_window.o)
unit_TESTS += test_listing
test_listing_LIBS := package
# a server of noise, and the fetcher
served_FIXTURE := tests/unit/served_fixture.o tests/e2e/hostile_serve.o \
                  $(addprefix firmware/syncd/,fetch.o fetch_child.o fetch_confine.o fetch_range.o)
unit_TESTS += test_fetch
test_fetch_LIBS := package
test_fetch_PKGS := libcurl
test_fetch_EXTRA := $(served_FIXTURE)
unit_TESTS += test_https_source
test_https_source_LIBS := package
test_https_source_PKGS := libcurl
test_https_source_EXTRA := $(served_FIXTURE) $(addprefix firmware/syncd/,https_source.o https_window.o)
