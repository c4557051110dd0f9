/* Plain text: one line, one block. */
#include "pack/textdoc.h"

#include "pack/residue.h"

static struct block block_of_line(struct slice line, bool first)
{
    struct block b = {.text = line, .kind = BLOCK_TITLE};
    if (first) {
        return b;
    }
    uint8_t heading = heading_level(line);
    uint8_t list = heading ? 0 : list_level(line);
    b.kind = heading ? BLOCK_HEADING : list ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH;
    b.level = heading ? heading : list;
    return b;
}

enum err textdoc_parse(struct slice text, struct draft *d)
{
    struct buf line = {0};
    enum err e = ERR_OK;
    for (unsigned line_no = 1; e == ERR_OK && text.n; line_no++) {
        struct slice source = line_cut(&text);
        buf_clear(&line);
        e = residue_remove(source, line_no, &line, &d->log);
        if (e != ERR_OK || slice_trim(buf_slice(&line)).n == 0) {
            continue;
        }
        e = draft_add(d, block_of_line(buf_slice(&line), d->n == 0), line_no);
        if (e == ERR_OK && d->n == 1) {
            d->title = slice_trim(d->at[0].b.text);
        }
    }
    buf_finish(&line);
    return e;
}
