# Reading HTML; tests/fuzz/corpus/html holds the pages of tests/golden/html and pages once found.
fuzz_TARGETS += fuzz_html
fuzz_html_LIBS := base
fuzz_html_EXTRA := $(addprefix tools/pack/,blocks.o encoding.o html.o html_drop.o html_entity.o html_finish.o html_table.o \
                     html_text.o html_token.o list.o residue.o)
# Reading pictures.
fuzz_TARGETS += fuzz_image
fuzz_image_LIBS := base
fuzz_image_PKGS := libpng libturbojpeg
fuzz_image_EXTRA := $(addprefix tools/pack/,image.o image_jpeg.o image_png.o image_scale.o)
