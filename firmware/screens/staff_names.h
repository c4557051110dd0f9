#pragma once

#include "base/slice.h"
#include "screens/words.h"

/* What syncd's names mean to staff; W_COUNT: a name that this program does not know. Counters
 * write '_' where events and reasons have '-'; so do the reasons here, which come from counters. */
enum word staff_event_word(struct slice event);     /* store/history.h */
enum word staff_reason_word(struct slice reason);   /* package/reject.h and "quota" */
enum word staff_counter_word(struct slice counter); /* but refused_REASON */
