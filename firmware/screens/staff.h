#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "ui/ui.h"

/* The staff's part of the terminal: what gongkai-syncd tells (struct staff_model, filled by
 * kiosk/staff_link.c), whether the PIN was given, and what the staff ask for (a queue that the
 * program empties). Nothing of it belongs to a resident's visit. Plain values; no memory of its
 * own.
 *
 *   LOCKED ─PIN─▶ asked ─right─▶ UNLOCKED ─leaving, 2 minutes idle, link closed─▶ LOCKED
 *                   └── wrong ─▶ LOCKED, the next try after wait_s */

enum {
    STAFF_PACKAGES_MAX = 32,
    STAFF_EVENTS_MAX = 200,
    STAFF_COUNTERS_MAX = 64,
    STAFF_PIN_LEAST = 6,
    STAFF_PIN_MAX = 12,
    STAFF_QUEUE_MAX = 8,
    STAFF_SENTENCE_MAX = 512,
    STAFF_NAME_MAX = 128
};

enum staff_stick {
    STAFF_STICK_NONE = 0,
    STAFF_STICK_READING,
    STAFF_STICK_OFFER,
    STAFF_STICK_EMPTY,
    STAFF_STICK_FAILED,
    STAFF_STICK_DONE
};

/* The states of a job in their order, as the store names them. */
enum staff_job {
    STAFF_JOB_IDLE = 0,
    STAFF_JOB_AUTH,
    STAFF_JOB_BASE,
    STAFF_JOB_STAGE,
    STAFF_JOB_SYNC,
    STAFF_JOB_READBACK,
    STAFF_JOB_CHECK,
    STAFF_JOB_HOLD,
    STAFF_JOB_SEAL,
    STAFF_JOB_COMMIT,
    STAFF_JOB_TRIAL,
    STAFF_JOB_CONFIRM,
    STAFF_JOB_PRUNE,
    STAFF_JOB_STOPPED, /* the terminal's disk refuses */
    STAFF_JOB_COUNT
};

enum staff_result {
    STAFF_RESULT_NONE = 0,
    STAFF_RESULT_APPLIED,
    STAFF_RESULT_REFUSED,
    STAFF_RESULT_POSTPONED,
    STAFF_RESULT_INCOMPLETE
};

enum staff_use { STAFF_CHOSEN, STAFF_USABLE, STAFF_REFUSED };

struct staff_package {
    uint32_t index; /* as syncd counts them */
    enum staff_use use;
    uint64_t bytes, edition; /* edition 0: not known */
    char file[STAFF_NAME_MAX], sentence[STAFF_SENTENCE_MAX];
};

struct staff_event {
    int64_t time_s; /* UTC; 0 = not known */
    uint64_t edition;
    char event[24], file[STAFF_NAME_MAX], sentence[STAFF_SENTENCE_MAX];
};

struct staff_counter {
    char key[40], value[64];
};

struct staff_model {
    bool linked;    /* syncd has spoken since the link stands */
    bool pin_known; /* it told whether a PIN is set */
    bool pin_set, automatic;
    bool no_way_back; /* told that there is no edition to go back to */

    enum staff_stick stick;
    char label[64];         /* of the stick */
    bool removable, pulled; /* pulled: it went while something was still to be read */
    char stick_sentence[STAFF_SENTENCE_MAX];
    struct staff_package packages[STAFF_PACKAGES_MAX];
    size_t package_count;
    uint32_t package_total; /* as told; more than package_count while they arrive */

    bool offered; /* the head of the package is authenticated */
    struct {
        uint64_t bytes, edition, from; /* from 0: there was none */
        char built[16], office[64], review[64];
        uint32_t have, need;
        bool delta;
    } offer;

    bool compared;
    struct staff_changes {
        uint32_t count[3]; /* added, changed, removed */
        char text[3][STAFF_SENTENCE_MAX];
    } changes;

    enum staff_job job;
    char source[16]; /* "stick" "drop" "https" "import", empty: not told */
    bool from_stick; /* the last package that was worked on */
    uint64_t done, total, job_edition;
    int32_t left_s; /* −1: not known */

    /* What else the stick brought: keys or settings; empty: nothing. */
    char notice[STAFF_SENTENCE_MAX];
    bool notice_good;

    enum staff_result result; /* of the last package, until the next begins */
    uint64_t result_edition;
    int64_t result_s; /* wall clock */
    char reason[32], result_sentence[STAFF_SENTENCE_MAX];

    struct staff_event events[STAFF_EVENTS_MAX]; /* newest first */
    size_t event_count;
    struct staff_counter counters[STAFF_COUNTERS_MAX];
    size_t counter_count;
};

/* What is asked of syncd. */
enum staff_verb {
    STAFF_UNLOCK = 0, /* pin */
    STAFF_LOCK,
    STAFF_APPROVE,
    STAFF_REJECT,
    STAFF_TAKE, /* n = package */
    STAFF_ROLLBACK,
    STAFF_EXPORT,
    STAFF_HISTORY, /* n = at most so many */
    STAFF_COUNTERS,
    STAFF_STATUS, /* everything anew: a PIN may have been set meanwhile */
    STAFF_VERB_COUNT
};
const char *staff_verb_name(enum staff_verb v); /* "unlock" */

struct staff_request {
    enum staff_verb verb;
    uint32_t n;
    char pin[STAFF_PIN_MAX + 1]; /* wipe after use */
};

struct staff {
    struct staff_model model;
    bool unlocked;
    char pin[STAFF_PIN_MAX + 1]; /* digits entered so far */
    size_t pin_count;
    bool pin_sent;         /* its answer is awaited */
    int64_t try_again_ms;  /* monotonic; the next PIN may be sent then */
    int64_t last_asked_ms; /* syncd locks ten minutes after this */
    int64_t active_ms;     /* something last moved by itself: as good as a touch */
    int last_view;         /* enum staff_view; another one is shown from its top */
    int32_t shown_wait_s;  /* of the frame on the panel */
    char pin_sentence[STAFF_SENTENCE_MAX];
    unsigned awaited;              /* bit 1 << verb: no answer yet */
    char told[STAFF_SENTENCE_MAX]; /* the answer to the last request */
    bool told_ok;
    enum staff_verb told_verb;
    bool calling; /* a stick was plugged in: the screen comes by itself when nobody is there */
    struct staff_request queue[STAFF_QUEUE_MAX];
    size_t queued;
};

/* --- for the program (kiosk) --- */

/* The oldest request not yet taken; false: none. */
bool staff_next_request(struct staff *s, struct staff_request *ret_request);
/* An answer to a request of this verb. wait_s only for unlock. */
struct staff_answer {
    bool ok, locked; /* locked: syncd wants the PIN again */
    int64_t wait_s;
    const char *sentence;
};
struct terminal;
void staff_answered(struct terminal *t, enum staff_verb verb, const struct staff_answer *a);
/* The link closed: what was told is void, and so is the PIN. */
void staff_disconnected(struct terminal *t);
/* The model changed: decides whether that is to be seen. before: staff_strip before the change. */
void staff_changed(struct terminal *t, int before, bool plugged);

/* --- for the screens --- */

/* What residents' screens say of it; word index + 1, 0 = nothing. */
int staff_strip(const struct staff *s);
/* Where the notice leads (an enum screen_id): the PIN, or what the PIN opens. */
int staff_entry_screen(const struct terminal *t);
/* The notice at the foot of the home screen; returns its height, 0 when there is none. */
int32_t staff_build_strip(struct terminal *t, struct ui *ui, struct rect body);
/* The same as a key in the header of every other screen; returns its width. */
int32_t staff_build_mark(struct terminal *t, struct ui *ui, int32_t right, int32_t middle);

/* Is this one of the staff's screens (an enum screen_id)? */
bool staff_is_screen(int screen);
/* The visit came to another screen (enter_place) or ended: leaving the staff's screens locks. */
void staff_moved(struct terminal *t, int screen);
/* Time: *ret_over when the staff's screen has been left alone for too long; *ret_call when the
 * staff's screen should come by itself. Returns ms until it must be asked again, −1 = not before an
 * event. */
int32_t staff_tick(struct terminal *t, int64_t now_ms, bool *ret_over, bool *ret_call);
/* Carries out an action of the staff's; false: not one of them. */
bool staff_act(struct terminal *t, struct action a);
/* The question before going back to the previous edition (panels.c). */
void staff_build_rollback(struct terminal *t, struct ui *ui);
