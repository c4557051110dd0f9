#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "edition/edition.h"
#include "screens/words.h"
#include "ui/touch.h"
#include "ui/ui.h"

/* What the terminal shows: an edition, and one resident's visit. Everything personal lives in
 * `struct visit` and is forgotten when the visit ends. Screens are functions of this model (struct
 * screen below); they change nothing while building. */

enum screen_id {
    SCREEN_HOME = 0,
    SCREEN_GUIDE,
    SCREEN_CATALOGUE,
    SCREEN_ITEM,    /* id = item */
    SCREEN_READER,  /* id = doc, block = where to open */
    SCREEN_REPORTS, /* id = year, 0 = newest */
    SCREEN_APPLY,
    SCREEN_SUPERVISION,
    SCREEN_CORRECTIONS,
    SCREEN_CONTACT,
    SCREEN_ABOUT,
    SCREEN_SEARCH,
    SCREEN_ATTRACT,
    SCREEN_STAFF_PIN, /* the staff's: staff.h */
    SCREEN_STAFF,     /* an update under way */
    SCREEN_STAFF_PACKAGES,
    SCREEN_STAFF_MENU,
    SCREEN_STAFF_HISTORY,
    SCREEN_STAFF_COUNTERS,
    SCREEN_COUNT
};

enum panel_id {
    PANEL_NONE = 0,
    PANEL_CHAPTERS, /* reader */
    PANEL_FIND,     /* reader: find in this document */
    PANEL_YEAR,     /* catalogue filters */
    PANEL_DEPARTMENT,
    PANEL_ATTRIBUTE,
    PANEL_VALIDITY,
    PANEL_CATEGORY, /* search */
    PANEL_ORDER,    /* catalogue: how the list is sorted */
    PANEL_TAKE,    /* reader, item, contact: QR code to take away */
    PANEL_PICTURE, /* reader: a picture enlarged */
    PANEL_STAY,    /* idle warning */
    PANEL_STAFF_ROLLBACK,
    PANEL_COUNT
};

/* Actions. Those below ACTION_SCREEN are the same everywhere and handled in terminal.c; the others
 * go to the current screen's act(). */
enum action_id {
    ACTION_NONE = 0,
    ACTION_HOME,
    ACTION_BACK,
    ACTION_OPEN,      /* a = screen_id, b = id */
    ACTION_OPEN_AT,   /* reader: a = doc, b = block */
    ACTION_TEXT_SIZE, /* next of four */
    ACTION_CONTRAST,
    ACTION_LOW_REACH,
    ACTION_PANEL, /* a = panel_id; PANEL_NONE closes */
    ACTION_STAY,  /* idle warning: go on */
    ACTION_END,   /* idle warning: end the visit */
    ACTION_WAKE,  /* attract: start */
    ACTION_PAGE,  /* a = −1 / +1: scroll the main area by a view */
    ACTION_SCREEN = 100,
    /* catalogue */
    ACTION_CATEGORY,   /* a = index + 1, 0 = all */
    ACTION_YEAR,       /* a = year, 0 = all */
    ACTION_DEPARTMENT, /* a = index + 1, 0 = all */
    ACTION_ATTRIBUTE,  /* a = enum attribute */
    ACTION_VALIDITY,   /* a = enum validity */
    ACTION_ORDER,      /* a = enum item_order */
    ACTION_RAIL,       /* a = a run of the list: to its beginning */
    ACTION_HIT_KIND,   /* search: a = enum hit_kind */
    ACTION_CLEAR_FILTERS,
    /* reader */
    ACTION_CHAPTER,      /* a = block */
    ACTION_FIND_NEXT,    /* a = −1 / +1 */
    ACTION_READER_VIEW,  /* toggles 原文 / display-normalised */
    ACTION_TABLE_VIEW,   /* toggles whole tables / one row at a time */
    ACTION_PICTURE,      /* a = block: enlarges its picture */
    ACTION_PICTURE_ZOOM, /* a = −1 / +1 */
    ACTION_PICTURE_MOVE, /* a = 0 sideways, 1 down; b = −1 / +1 */
    ACTION_TABLE_SIDE,   /* a = block, b = −1 / +1: a wide table moves sideways */
    /* input panel */
    ACTION_INPUT_MODE, /* a = enum input_mode */
    ACTION_KEY,        /* a = code point, or a negative enum key */
    ACTION_CANDIDATE,  /* a = index */
    ACTION_INK,        /* a stroke was finished */
    ACTION_INPUT_HIDE, /* toggles the input panel */
    ACTION_SEARCH_FIELD,
    ACTION_EXAMPLE,  /* search: a = index of a suggested word */
    ACTION_TAKE_PAGE, /* a = −1 / +1 of several QR codes */
    /* staff */
    ACTION_STAFF, /* to the PIN, or to what it opens */
    ACTION_STAFF_DIGIT, /* a = 0..9 */
    ACTION_STAFF_ERASE, /* a = 0 the last digit, 1 all */
    ACTION_STAFF_UNLOCK,
    ACTION_STAFF_ASK /* a = enum staff_verb, b = its number */
};

/* Catalogue filters, as indices so that a visit needs no memory of the edition. */
struct filter_choice {
    int32_t category, department; /* index + 1, 0 = all */
    uint16_t year;                /* 0 = all */
    enum attribute attribute;
    enum validity validity;
    enum item_order order;
    enum hit_kind kind; /* search */
};

struct place {
    enum screen_id screen;
    uint32_t id;
    uint32_t block; /* reader: block and byte of the line to open at, that many px below the view's
                       top; catalogue: the first row in view */
    uint32_t byte;
    int32_t gap;
    float scroll; /* kept when something is opened from here, px of `length` */
    float length;
    bool laid_anew; /* for another panel since: the length is another */
    struct filter_choice filter;
};

#define VISIT_DEPTH 24
#define READER_SIDES 5 /* the last one is that of the enlarged picture */
#define PICTURE_SIDE (READER_SIDES - 1)

struct visit {
    struct place stack[VISIT_DEPTH];
    size_t depth; /* ≥ 1; stack[depth − 1] is shown */
    enum panel_id panel;
    unsigned text_step;
    enum contrast contrast;
    bool low_reach;
    bool touched;                        /* anything done since the visit began */
    struct scroller main;                /* the screen's own area */
    struct scroller strip;               /* category chips */
    struct scroller chips;               /* kinds and filters of search */
    struct scroller sheet;               /* the panel's list */
    struct scroller sides[READER_SIDES]; /* wide tables of the reader, sideways */
};

struct reader; /* the open document: reader.c */
struct search; /* query, hits, input panel: search.c */
struct staff;  /* what syncd tells the staff, and their session: staff.h */

struct terminal_config {
    int32_t idle_warning_ms; /* 60,000: no touch for this long → warning */
    int32_t idle_end_ms;     /* 30,000 more → visit ends */
    int32_t attract_ms;      /* 60,000 more on home → attract */
};

struct signer_line {
    char role[32], comment[128];
};

/* What is known of the edition beside its content (for 关于本期). */
struct edition_status {
    uint64_t epoch, number;
    bool trial, fallback; /* fallback: not the current one; `note` says why */
    char note[256];
    struct signer_line signers[4];
    size_t signer_count;
};

struct terminal {
    struct fonts *fonts;
    const struct clock *clock;
    struct terminal_config config;
    struct edition *edition; /* owned */
    struct edition *waiting; /* owned: a new edition that takes effect when the reader is left */
    struct edition_status status, waiting_status;
    struct visit visit;
    struct reader *reader; /* NULL unless a document is open */
    struct search *search;
    const char *input_dir;     /* handwriting and pinyin data; NULL = input unavailable */
    struct arena screen_arena; /* what the current screen loaded on entering; reset on every move */
    void *screen_data;         /* the current screen's own model, in screen_arena */
    struct arena panel_arena;  /* of the open panel; reset when one opens */
    struct take *take;         /* PANEL_TAKE, in panel_arena */
    uint32_t code_bytes;       /* text a QR code holds on this panel, as of the last frame */
    int64_t last_touch_ms;
    struct staff *staff;
    bool proving; /* a new edition was taken while its home screen is not in view */
    bool damaged; /* a read met corruption: the program falls back */
    bool dirty;   /* something changed: build a frame */
};

/* One screen. enter() loads what it shows into screen_arena (may be NULL); build() emits nodes into
 * the body (between header and dock); act() handles its own actions and returns whether it did;
 * resized() is called before the first build for another panel. */
struct screen {
    enum word name; /* spoken, and the title in logs */
    enum err (*enter)(struct terminal *t);
    void (*build)(struct terminal *t, struct ui *ui, struct rect body);
    bool (*act)(struct terminal *t, struct action a);
    void (*resized)(struct terminal *t); /* keeps the main area's place by itself; may be NULL */
};
extern const struct screen screen_home, screen_guide, screen_catalogue, screen_item, screen_reader,
    screen_reports, screen_apply, screen_supervision, screen_corrections, screen_contact,
    screen_about, screen_search, screen_attract, screen_staff_pin, screen_staff,
    screen_staff_packages, screen_staff_menu, screen_staff_history, screen_staff_counters;

enum err terminal_create(struct fonts *fonts, const struct clock *clock,
                         const struct terminal_config *config, const char *input_dir,
                         struct terminal **ret_terminal) MUST_USE;
void terminal_destroy(struct terminal *t);
/* Takes the edition. On home (or attract) it is shown at once; in the middle of reading it waits
 * until the document is left. */
void terminal_take_edition(struct terminal *t, struct edition *edition,
                           const struct edition_status *status);
void terminal_build(struct terminal *t, struct ui *ui);
void terminal_act(struct terminal *t, struct ui *ui, struct action a);
/* The panel is another one, which `ui` knows already: the same screen and panel are open at the same
 * place, and nothing of a gesture is left. */
void terminal_resized(struct terminal *t, struct ui *ui);
void terminal_touched(struct terminal *t,
                      int64_t now_ms); /* any touch or key; restarts the idle time */
/* Carries out what time brings (idle, momentum, the minute). Returns ms until it must be called
 * again, −1 = only on events. */
int32_t terminal_tick(struct terminal *t, int64_t now_ms);
/* Something moves by itself, waits to be drawn, or is still being set or looked for. */
bool terminal_is_busy(struct terminal *t);

/* For screens: */
/* Opens a screen on top of the present one; the way back leads here. */
void terminal_open(struct terminal *t, enum screen_id screen);
/* Ends the visit. SCREEN_HOME: that is all; else with this screen above home, and with letters,
 * contrast and reach as they were. */
void terminal_show(struct terminal *t, enum screen_id screen);
struct place *terminal_place(struct terminal *t);
struct action action_open(enum screen_id screen, uint32_t id);
struct action action_of(enum action_id id, int32_t a);
/* Notes an error of reading the edition: corruption makes the program fall back; true when e is
 * ERR_OK. */
bool terminal_read_ok(struct terminal *t, enum err e);

/* Parts that several screens share (parts.c). All take and return y in the current coordinates. */
int32_t part_title(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice title,
                   struct slice subtitle);
/* One catalogue row as in the design (title, corrected mark, attribute tag, index number, date,
 * chevron); returns its height. */
int32_t part_item_row(struct terminal *t, struct ui *ui, int32_t x, int32_t y, int32_t w,
                      const struct item *item);
/* A surface card. */
void part_card(struct ui *ui, struct rect box, float radius_dp);
/* Label : value row inside a card with a rule below; returns its height. `link` (may be empty) is a
 * small red action at the right. */
int32_t part_field(struct ui *ui, int32_t x, int32_t y, int32_t w, struct slice label,
                   struct slice value, struct slice link, struct action link_action);
struct slice part_date(struct ui *ui, struct date d,
                       bool has); /* "2009年9月21日" or "—" in the frame's arena */
