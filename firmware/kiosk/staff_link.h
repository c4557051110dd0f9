#pragma once

#include <stdbool.h>

#include "screens/staff.h"
#include "screens/terminal.h"
#include "store/link.h"

/* Between the messages of ROOT/run.sock (store/link.h) and the staff's screens (screens/staff.h),
 * which know nothing of the store. */

/* One message from syncd; other verbs than the staff's are left alone. Values are checked and cut
 * to what the model holds. */
void staff_link_hear(struct terminal *t, const struct link_message *m);

/* The message that a request is sent as. It may hold the PIN: the caller wipes it. */
void staff_link_say(const struct staff_request *r, struct link_message *ret_message);
