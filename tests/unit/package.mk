# The package layer and the office's keys and releases.
package_FIXTURE := tests/unit/package_fixture.o tools/pack/keys.o tools/pack/sentence.o
package_RELEASE := $(addprefix tools/pack/,keygen.o rekey.o release.o release_compress.o release_file.o \
                   release_progress.o release_read.o release_show.o)
unit_TESTS += test_package_format test_package_head test_package_trust test_package_memory \
              test_package_release
test_package_format_LIBS := package
test_package_format_EXTRA := $(package_FIXTURE)
test_package_head_LIBS := package
test_package_head_EXTRA := $(package_FIXTURE)
test_package_trust_LIBS := package
test_package_trust_EXTRA := $(package_FIXTURE)
test_package_memory_LIBS := package
test_package_memory_EXTRA := $(package_FIXTURE)
test_package_memory_LDLIBS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
test_package_release_LIBS := package
test_package_release_EXTRA := $(package_FIXTURE) $(package_RELEASE)
test_package_release_LDLIBS := -pthread
