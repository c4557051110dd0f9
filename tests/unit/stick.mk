# What sticks bring: which package is taken, what it would change.
unit_TESTS += test_changes test_stick
test_changes_LIBS := edition package
test_changes_PKGS := $(pkgs_pack)
test_changes_EXTRA = $(pack_OBJ)
test_stick_LIBS := store
test_stick_PKGS := libseccomp
test_stick_EXTRA = $(addprefix firmware/syncd/,stick_child.o stick_list.o stick_read.o stick_watch.o) $(store_FIXTURE)
test_stick_LDLIBS := -pthread
