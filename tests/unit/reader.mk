# The reader over editions that the packer wrote.
unit_TESTS += test_reader_heights test_reader_flow
test_reader_heights_LIBS := base
test_reader_heights_EXTRA := firmware/screens/heights.o
test_reader_flow_LIBS := screens package
test_reader_flow_PKGS := $(pkgs_pack)
test_reader_flow_EXTRA = $(pack_OBJ) tests/unit/reader_fixture.o tests/bench/long_document.o
$(O)/tests/unit/test_reader_flow: | $(FONTS)
$(O)/tests/unit/test_reader_flow.o: | $(GEN)/icons.h

unit_TESTS += test_draw_picture
test_draw_picture_LIBS := draw
test_draw_picture_PKGS := libpng
$(O)/tests/unit/test_draw_picture.o: | $(GEN)/icons.h
