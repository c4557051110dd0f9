#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "kiosk/driver.h"

/* What the files of the driver share: driver.c (lines, waiting, what is expected and told),
 * driver_hands.c (what hands do), driver_words.c (the words of a line). */

#define STEP_MS 16 /* a frame of virtual time */

enum outcome { OUTCOME_OK, OUTCOME_FAILED, OUTCOME_USAGE };

/* A command: the rest of its line, and the answer's open object, for what it tells beside ok. */
typedef enum outcome (*driver_command)(struct driver *d, struct slice rest, struct json *j);

void driver_frame(struct driver *d);            /* one frame, presented */
void driver_pass(struct driver *d, int64_t ms); /* virtual time goes by, frame for frame */

/* --- driver_words.c --- each takes its word off the front of *rest; false: it is not there --- */
bool words_next(struct slice *rest, struct slice *ret);
bool words_int(struct slice *rest, int32_t *ret);        /* of at most a million, either sign */
bool words_quoted(struct slice rest, struct slice *ret); /* all of rest, without its quotes */

/* --- driver_hands.c --- */
enum outcome hand_tap(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_hold(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_swipe(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_ink(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_palm(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_key(struct driver *d, struct slice rest, struct json *j);
enum outcome hand_type(struct driver *d, struct slice rest, struct json *j);
