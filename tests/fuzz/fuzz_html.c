/* Hostile pages. Whatever the bytes are, reading them ends; every character that is not a blank is
 * in a block or counted in the log as left out; and the blocks keep what readers of an edition rely
 * on. The first byte chooses whether the rest goes through the detection of encodings. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "pack/encoding.h"
#include "pack/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Every other path has a picture. */
static enum err load(struct picture_source *s, struct slice path, uint32_t *ret_image,
                     const char **ret_why)
{
    (void)s;
    *ret_image = path.n % 2 ? 1 : 0;
    *ret_why = path.n % 2 ? NULL : "没有";
    return ERR_OK;
}

static void check_table(const struct block *b)
{
    bool *taken = calloc((size_t)b->rows * b->columns, sizeof *taken);
    assert(taken != NULL && b->cell_count > 0);
    for (size_t i = 0; i < b->cell_count; i++) {
        const struct cell *c = &b->cells[i];
        assert(c->row_span >= 1 && c->column_span >= 1);
        assert(c->row + c->row_span <= b->rows && c->column + c->column_span <= b->columns);
        assert(i == 0 || c->row >= b->cells[i - 1].row);
        assert(utf8_valid(c->text));
        for (int y = c->row; y < c->row + c->row_span; y++) {
            for (int x = c->column; x < c->column + c->column_span; x++) {
                bool *at = &taken[(size_t)y * b->columns + (size_t)x];
                assert(!*at);
                *at = true;
            }
        }
    }
    free(taken);
}

static void check_block(const struct block *b, size_t seq)
{
    assert(b->seq == seq && utf8_valid(b->text));
    assert(b->text.n != 0 || b->image != 0);
    for (size_t i = 0; i < b->split_count; i++) {
        assert(b->splits[i] < b->text.n && (i == 0 || b->splits[i] > b->splits[i - 1]));
    }
    switch (b->kind) {
    case BLOCK_HEADING:
    case BLOCK_LIST_ITEM:
        assert(b->level >= 1 && b->level <= 4);
        break;
    case BLOCK_TABLE:
        check_table(b);
        break;
    case BLOCK_TITLE:
        assert(seq == 0);
        break;
    case BLOCK_PARAGRAPH:
    case BLOCK_NOTE:
    case BLOCK_IMAGE:
    default:
        assert(b->level == 0);
        break;
    }
}

static void read_page(struct slice text)
{
    struct picture_source pictures = {load};
    struct arena arena;
    struct draft draft;
    struct html_tally tally;
    arena_init(&arena, 65536);
    draft_init(&draft, &arena);
    draft.pictures = &pictures;
    enum err e = html_parse(text, &draft, &tally);
    assert(e == ERR_OK);
    assert(tally.seen == tally.kept + tally.dropped);
    assert(utf8_valid(draft.title) && utf8_valid(buf_slice(&draft.log)));
    for (size_t i = 0; i < draft.n; i++) {
        check_block(&draft.at[i].b, i);
    }
    draft_finish(&draft);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0) {
        return 0;
    }
    struct slice in = {(const char *)data + 1, n - 1};
    struct buf text = {0};
    enum encoding encoding;
    if (data[0] % 4 == 1) {
        if (encoding_decode_labelled(in, html_charset(in), &text, &encoding) == ERR_OK) {
            assert(utf8_valid(buf_slice(&text)));
            read_page(buf_slice(&text));
        }
        buf_finish(&text);
    } else if (utf8_valid(in)) {
        read_page(in);
    }
    return 0;
}
