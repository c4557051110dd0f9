# Editions read back from databases that the packer wrote.
unit_TESTS += test_fold test_edition test_edition_hostile
test_fold_LIBS := edition
test_edition_LIBS := edition package
test_edition_PKGS := $(pkgs_pack)
test_edition_EXTRA = $(pack_OBJ)
test_edition_hostile_LIBS := edition package
test_edition_hostile_PKGS := $(pkgs_pack)
test_edition_hostile_EXTRA = $(pack_OBJ)
