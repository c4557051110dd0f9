/* One table a kind of name. test_staff holds them against the names themselves: what syncd may say
 * has words here. */
#include "screens/staff_names.h"

struct named {
    const char *name;
    enum word word;
};

static const struct named events[] = {
    {"applied", W_STAFF_EVENT_APPLIED},
    {"confirmed", W_STAFF_EVENT_CONFIRMED},
    {"refused", W_STAFF_EVENT_REFUSED},
    {"postponed", W_STAFF_EVENT_POSTPONED},
    {"incomplete", W_STAFF_EVENT_INCOMPLETE},
    {"rolled-back", W_STAFF_EVENT_BACK},
    {"taken-back", W_STAFF_EVENT_BACK},
    {"given-up", W_STAFF_EVENT_BACK},
    {"damaged", W_STAFF_EVENT_DAMAGED},
    {"display-failed", W_STAFF_EVENT_DAMAGED},
    {"rebuilt", W_STAFF_EVENT_HEALED},
    {"keys", W_STAFF_EVENT_KEYS},
    {"settings", W_STAFF_EVENT_SETTINGS},
    {"exported", W_STAFF_EVENT_EXPORTED},
    {"export-failed", W_STAFF_EVENT_EXPORT_FAILED},
    {"keys-refused", W_STAFF_EVENT_KEYS_REFUSED},
    {"settings-refused", W_STAFF_EVENT_SETTINGS_REFUSED},
    {"fetch-failed", W_STAFF_EVENT_FETCH},
    {"fetch-paused", W_STAFF_EVENT_FETCH_PAUSED},
    {"fetch-resumed", W_STAFF_EVENT_FETCH_RESUMED},
    {"post-failed", W_STAFF_EVENT_POST},
};

static const struct named reasons[] = {
    {"unreadable", W_STAFF_WHY_UNREADABLE},
    {"truncated", W_STAFF_WHY_UNREADABLE},
    {"not_package", W_STAFF_WHY_NOT_PACKAGE},
    {"header", W_STAFF_WHY_DAMAGED},
    {"table", W_STAFF_WHY_DAMAGED},
    {"frame", W_STAFF_WHY_DAMAGED},
    {"content", W_STAFF_WHY_DAMAGED},
    {"manifest", W_STAFF_WHY_DAMAGED},
    {"future_format", W_STAFF_WHY_FORMAT},
    {"oversized", W_STAFF_WHY_ROOM},
    {"no_room", W_STAFF_WHY_ROOM},
    {"signature", W_STAFF_WHY_SIGNATURE},
    {"key_unknown", W_STAFF_WHY_KEY},
    {"epoch", W_STAFF_WHY_KEY},
    {"unsigned", W_STAFF_WHY_ROLE},
    {"role_missing", W_STAFF_WHY_ROLE},
    {"channel", W_STAFF_WHY_CHANNEL},
    {"product", W_STAFF_WHY_CHANNEL},
    {"same", W_STAFF_WHY_SAME},
    {"older", W_STAFF_WHY_OLDER},
    {"jump", W_STAFF_WHY_JUMP},
    {"bad_listed", W_STAFF_WHY_BAD_LISTED},
    {"base_missing", W_STAFF_WHY_BASE},
    {"readonly", W_STAFF_WHY_STORAGE},
    {"storage", W_STAFF_WHY_STORAGE},
    {"nomem", W_STAFF_WHY_MEMORY},
    {"crashed", W_STAFF_WHY_CRASHED},
    {"stopped", W_STAFF_WHY_STOPPED},
    {"quota", W_STAFF_WHY_QUOTA},
};

static const struct named counters[] = {
    {"applied", W_STAFF_COUNT_APPLIED},
    {"confirmed", W_STAFF_COUNT_CONFIRMED},
    {"refused", W_STAFF_COUNT_REFUSED},
    {"postponed", W_STAFF_COUNT_POSTPONED},
    {"incomplete", W_STAFF_COUNT_INCOMPLETE},
    {"rolled_back", W_STAFF_COUNT_ROLLBACKS},
    {"taken_back", W_STAFF_COUNT_TAKEN_BACK},
    {"given_up", W_STAFF_COUNT_TAKEN_BACK},
    {"damaged", W_STAFF_COUNT_DAMAGED},
    {"display_failed", W_STAFF_COUNT_FAILED},
    {"rebuilt", W_STAFF_COUNT_REBUILT},
    {"fetch_failed", W_STAFF_EVENT_FETCH},
    {"fetch_paused", W_STAFF_EVENT_FETCH_PAUSED},
    {"fetch_resumed", W_STAFF_EVENT_FETCH_RESUMED},
    {"exported", W_STAFF_EVENT_EXPORTED},
    {"export_failed", W_STAFF_EVENT_EXPORT_FAILED},
    {"keys", W_STAFF_EVENT_KEYS},
    {"keys_refused", W_STAFF_EVENT_KEYS_REFUSED},
    {"settings", W_STAFF_EVENT_SETTINGS},
    {"settings_refused", W_STAFF_EVENT_SETTINGS_REFUSED},
    {"post_failed", W_STAFF_EVENT_POST},
    {"starts", W_STAFF_COUNT_STARTS},
    {"free_mib", W_STAFF_COUNT_FREE},
};

static enum word find(const struct named *of, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq_cstr(name, of[i].name)) {
            return of[i].word;
        }
    }
    return W_COUNT;
}

enum word staff_event_word(struct slice event)
{
    return find(events, sizeof events / sizeof events[0], event);
}

enum word staff_reason_word(struct slice reason)
{
    return find(reasons, sizeof reasons / sizeof reasons[0], reason);
}

enum word staff_counter_word(struct slice counter)
{
    return find(counters, sizeof counters / sizeof counters[0], counter);
}
