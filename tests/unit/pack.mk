# The importers of gongkai-pack, over folders made in the tests.
pack_OBJ := $(addprefix tools/pack/,$(pack_IMPORT:.c=.o) sample.o diff.o) tests/unit/pack_fixture.o
unit_TESTS += test_csv test_encoding test_blocks test_residue test_lint test_content
test_csv_LIBS := base
test_csv_EXTRA := tools/pack/csv.o tools/pack/list.o
test_encoding_LIBS := base
test_encoding_EXTRA := tools/pack/encoding.o
test_blocks_LIBS := base
test_blocks_EXTRA := $(addprefix tools/pack/,blocks.o textdoc.o markdown.o residue.o list.o)
test_residue_LIBS := base
test_residue_EXTRA := tools/pack/residue.o
test_lint_LIBS := base
test_lint_EXTRA := $(addprefix tools/pack/,blocks.o lint_glyphs.o lint_text.o lint_numbers.o lint_report.o list.o problem.o)
test_content_LIBS := edition package
test_content_PKGS := $(pkgs_pack)
test_content_EXTRA := $(pack_OBJ)
