/* Taking something away by telephone: a QR code of the public address when the catalogue gives one,
 * otherwise of the text itself, in as few codes as this panel can show with modules of a
 * millimetre. A code is never smaller than 25 mm. */
#include <string.h>

#include "draw/qr.h"
#include "screens/panels.h"
#include "screens/parts.h"
#include "screens/reader.h"

/* Bytes a code of version 1 to 40 holds at error correction level M (ISO/IEC 18004, table 7). */
static const uint16_t capacity[40] = {14,   26,   42,   62,   84,   106,  122,  152,  180,  213,
                                      251,  287,  331,  362,  412,  450,  504,  560,  624,  666,
                                      711,  779,  857,  911,  997,  1059, 1125, 1190, 1264, 1370,
                                      1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331};
#define QUIET_MODULES 8
#define MODULE_MM                                                                                  \
    1.0f /* a telephone held at arm's length still tells modules of this size apart                \
          */
#define CODE_DP 600.0f

/* Side of the code on this panel, px. */
static int32_t code_side(const struct ui *ui)
{
    int32_t side = ui_dp(ui, CODE_DP);
    int32_t most = ui->area.h * 9 / 20;
    return side > most ? most : side;
}

uint32_t take_code_bytes(const struct ui *ui)
{
    float px_per_mm = (float)ui->panel.width_px / ui->panel.width_mm;
    int32_t modules = (int32_t)((float)code_side(ui) / px_per_mm / MODULE_MM) - QUIET_MODULES;
    int32_t version = (modules - 17) / 4;
    version = version < 6 ? 6 : version > 40 ? 40 : version;
    return capacity[version - 1];
}

enum take_kind { TAKE_URL, TAKE_TEXT, TAKE_CONTACT };

struct take {
    enum take_kind kind;
    struct slice text;
    uint32_t *ends; /* byte where each page ends */
    uint32_t pages, page;
    uint8_t *cells;
    uint16_t side;
};

/* Example addresses carry （示例） in the demonstration, which is no part of a URL. */
static struct slice usable_url(struct slice url)
{
    size_t mark = slice_find(url, SLICE_LIT("（"), 0);
    url = slice_trim(mark == SIZE_MAX ? url : slice_sub(url, 0, mark));
    bool http =
        slice_has_prefix(url, SLICE_LIT("http://")) || slice_has_prefix(url, SLICE_LIT("https://"));
    return http && url.n <= capacity[39] ? url : (struct slice){0};
}

static enum err contact_card(struct terminal *t, struct buf *out)
{
    struct slice phone = edition_fact(t->edition, "contact.phone");
    struct slice unit = edition_fact(t->edition, "contact.unit");
    struct slice address = edition_fact(t->edition, "contact.address");
    buf_printf(out, "BEGIN:VCARD\nVERSION:3.0\nFN:%.*s\nORG:%.*s\n", (int)unit.n, unit.p,
               (int)unit.n, unit.p);
    if (phone.n) {
        buf_printf(out, "TEL:%.*s\n", (int)phone.n, phone.p);
    }
    if (address.n) {
        buf_printf(out, "ADR:;;%.*s;;;;\n", (int)address.n, address.p);
    }
    buf_append_cstr(out, "END:VCARD\n");
    return buf_status(out);
}

static enum err item_text(struct terminal *t, uint32_t id, struct slice *ret_url, struct buf *out)
{
    struct item item;
    enum err e = edition_item(t->edition, id, &t->panel_arena, &item);
    if (e != ERR_OK) {
        return e;
    }
    *ret_url = usable_url(item.url);
    if (item.doc) {
        return edition_doc_text(t->edition, item.doc, out);
    }
    buf_printf(out, "%.*s\n%.*s\n%.*s\n", (int)item.title.n, item.title.p, (int)item.index_no.n,
               item.index_no.p, (int)item.summary.n, item.summary.p);
    return buf_status(out);
}

static enum err collect(struct terminal *t, struct take *k, struct buf *out)
{
    const struct place *p = terminal_place(t);
    struct slice url = {0};
    enum err e;
    k->kind = TAKE_TEXT;
    if (p->screen == SCREEN_READER && t->reader) {
        url = usable_url(t->reader->url);
        e = reader_text(t, false, out);
    } else if (p->screen == SCREEN_ITEM) {
        e = item_text(t, p->id, &url, out);
    } else {
        k->kind = TAKE_CONTACT;
        e = contact_card(t, out);
    }
    if (e == ERR_OK && url.n) {
        k->kind = TAKE_URL;
        buf_clear(out);
        buf_append(out, url);
        e = buf_status(out);
    }
    return e;
}

/* Cuts the text into pages of whole characters. */
static bool paginate(struct terminal *t, struct take *k)
{
    const uint32_t page = k->kind == TAKE_TEXT ? t->code_bytes : capacity[39];
    uint32_t most = (uint32_t)(k->text.n / (page - 4) + 1);
    k->ends = arena_array(&t->panel_arena, most + 1u, sizeof *k->ends);
    if (k->ends == NULL) {
        return false;
    }
    for (size_t at = 0; at < k->text.n && k->pages < most;) {
        size_t end = at;
        size_t next = at;
        while (next < k->text.n && next - at <= page) {
            end = next;
            (void)utf8_next(k->text, &next);
        }
        end = next - at <= page ? next : end;
        k->ends[k->pages++] = (uint32_t)end;
        at = end;
    }
    return k->pages > 0;
}

static void make_code(struct terminal *t)
{
    struct take *k = t->take;
    uint32_t from = k->page ? k->ends[k->page - 1] : 0;
    k->cells = NULL;
    if (qr_encode(slice_sub(k->text, from, k->ends[k->page]), &t->panel_arena, &k->cells,
                  &k->side) != ERR_OK) {
        k->cells = NULL;
    }
}

void take_open(struct terminal *t)
{
    struct buf text = {0};
    struct take *k = arena_alloc(&t->panel_arena, sizeof *k);
    if (k && terminal_read_ok(t, collect(t, k, &text))) {
        k->text = arena_copy(&t->panel_arena, buf_slice(&text));
        if (k->text.p && paginate(t, k)) {
            t->take = k;
            make_code(t);
        }
    }
    buf_finish(&text);
}

void take_resized(struct terminal *t)
{
    const struct take *k = t->take;
    uint32_t from = k && k->page > 0 ? k->ends[k->page - 1] : 0;
    panels_open(t, PANEL_TAKE);
    struct take *made = t->take;
    if (made && from > 0) {
        while (made->page + 1 < made->pages && made->ends[made->page] <= from) {
            made->page++;
        }
        make_code(t);
    }
}

bool take_act(struct terminal *t, struct action a)
{
    struct take *k = t->take;
    if (a.id != ACTION_TAKE_PAGE || k == NULL) {
        return false;
    }
    k->page = (k->page + k->pages + (uint32_t)(a.a + (int32_t)k->pages)) % k->pages;
    make_code(t);
    return true;
}

static struct slice explanation(struct ui *ui, const struct take *k)
{
    switch (k->kind) {
    case TAKE_URL:
        return word(W_TAKE_URL);
    case TAKE_CONTACT:
        return word(W_TAKE_CONTACT);
    case TAKE_TEXT:
    default:
        break;
    }
    const struct slice fillings[2] = {part_number(ui, k->pages), part_number(ui, k->page + 1)};
    return k->pages == 1 ? word(W_TAKE_TEXT) : part_fill(ui, W_TAKE_TEXTS, fillings, 2);
}

void take_build(struct terminal *t, struct ui *ui, struct rect body)
{
    const struct take *k = t->take;
    (void)body;
    int32_t side = code_side(ui);
    int32_t keys = k && k->pages > 1 ? ui_dp(ui, 120) : 0;
    struct rect view = panel_sheet(t, ui, side + ui_dp(ui, 150) + keys, word(W_TAKE_TITLE));
    int32_t pad = ui_dp(ui, 56);
    if (k == NULL || k->cells == NULL) {
        (void)ui_text(ui, view.x + pad, view.y, view.w - 2 * pad,
                      &(struct ui_text){.text = word(W_TAKE_FAILED), .size = 32});
        return;
    }
    struct rect code = {view.x + (view.w - side) / 2, view.y, side, side};
    (void)ui_node(ui, &(struct node){.role = NODE_IMAGE,
                                     .label = word(W_TAKE_CODE),
                                     .box = code,
                                     .enabled = true,
                                     .extra = EXTRA_CELLS,
                                     .as.cells = {k->cells, k->side}});
    (void)ui_text(ui, view.x + pad, code.y + side + ui_dp(ui, 20), view.w - 2 * pad,
                  &(struct ui_text){.text = explanation(ui, k),
                                    .size = 30,
                                    .fixed = true,
                                    .tone = TONE_INK2,
                                    .align = ALIGN_CENTRE,
                                    .lines = 2});
    if (keys == 0) {
        return;
    }
    int32_t w = (view.w - 2 * pad - ui_dp(ui, 20)) / 2;
    int32_t y = view.y + view.h - ui_dp(ui, 96);
    for (int32_t i = 0; i < 2; i++) {
        ui_button(ui, (struct rect){view.x + pad + i * (w + ui_dp(ui, 20)), y, w, ui_dp(ui, 96)},
                  &(struct ui_button){.label = word(i ? W_TAKE_NEXT : W_TAKE_PREVIOUS),
                                      .kind = i ? BUTTON_PRIMARY : BUTTON_PLAIN,
                                      .size = 32,
                                      .action = action_of(ACTION_TAKE_PAGE, i ? 1 : -1)});
    }
}
