# Reading HTML: against golden dumps, and against another parser's idea of a page's text. Pictures.
unit_TESTS += test_html test_html_text
html_OBJ := $(addprefix tools/pack/,blocks.o html.o html_drop.o html_entity.o html_finish.o html_table.o html_text.o \
              html_token.o list.o residue.o)
test_html_LIBS := base
test_html_PKGS := gumbo
test_html_EXTRA := $(html_OBJ) tests/unit/html_fixture.o
test_html_text_LIBS := base
test_html_text_PKGS := gumbo
test_html_text_EXTRA := $(html_OBJ) tests/unit/html_fixture.o
unit_TESTS += test_image
test_image_LIBS := edition package
test_image_PKGS := $(pkgs_pack)
test_image_EXTRA = $(pack_OBJ)
# Every allocation of ours can be made to fail.
unit_TESTS += test_html_alloc
test_html_alloc_LIBS := base
test_html_alloc_PKGS := libpng libturbojpeg
test_html_alloc_EXTRA := $(html_OBJ) $(addprefix tools/pack/,image.o image_jpeg.o image_png.o image_scale.o)
test_html_alloc_LDLIBS := -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
