/* The install machine of firmware/store/install.h as a model for spin: every step may be the last
 * one before the power goes. What was written and not synced may be there or not, each piece for
 * itself, and a half-written slot of the select record is no record.
 *
 * Editions: 1 is installed and confirmed, 2 arrives, then 3, signed by new keys: of a higher key
 * epoch. Staff may go back to the previous edition. What is on the disk of edition n:
 *   part_v/part_d    its database in stage/, in memory and on the medium (NONE, PARTIAL, WHOLE)
 *   head_v/head_d    manifest, sigs, table in the folder being put together
 *   name_v/name_d    where the folder is: NOWHERE, TMP, SEALED
 *   moved_v/moved_d  is the database in the folder?
 * A name that is durable before its bytes shows a hollow edition.
 *
 * Claims, checked in every state that a reader can meet (after a cut, and while running):
 *   whole     the select record can be read, and what it names is complete
 *   floor     the floor never falls, rises by a confirmation alone, and no update goes below it
 *   epoch     once an edition of a higher key epoch is confirmed, none of a lower one is shown or
 *             can be gone back to
 *   trial     an edition that is never drawn is given up after TRIES starts
 *   progress  when the machine comes to rest the newest edition is confirmed or was taken back, and
 *             it does come to rest
 *
 * -DPLANT=n takes a step away: 1 S1, 2 S2, 3 S3, 4 S4, 5 the newest slot is overwritten, 6 prune
 * does not wait for the confirmation, 7 the floor is raised at COMMIT, 8 the record is not synced,
 * 9 no try is counted, 10 a confirmed higher epoch leaves the older previous. Each must make spin find an error. tests/model/run does all of it. */
#ifndef PLANT
#define PLANT 0
#endif
#ifndef CUTS
#define CUTS 3 /* power cuts */
#endif
#define TRIES 2
#define NEWEST 3
#define EPOCH(n) (n == NEWEST -> 2 : 1) /* of no edition: not asked */

#define NONE 0
#define PARTIAL 1
#define WHOLE 2
#define NOWHERE 0
#define TMP 1
#define SEALED 2

byte part_v[4], part_d[4];
bit head_v[4], head_d[4], moved_v[4], moved_d[4];
byte name_v[4], name_d[4];

/* Two slots: sequence number (0: no record), current, previous, floor, trial, tries. The version in
 * memory (v) goes to the medium (d) by a sync, or by itself at any time. */
typedef slot {
    byte seq, cur, prev, floor, tries;
    bit trial
}
slot slot_v[2], slot_d[2];

byte cuts = 0;
bit bad[5];
byte confirmed = 1, best_floor = 1; /* highest ever confirmed: on its way to disk, and there */
byte starts = 0; /* that found the present trial */
/* the record as the daemon knows it */
byte seq, cur, prev, floor, tries;
bit trial;
byte job, w, i;

inline copy_slot(a, b) {
    a.seq = b.seq; a.cur = b.cur; a.prev = b.prev; a.floor = b.floor;
    a.tries = b.tries; a.trial = b.trial
}

/* Which slot holds the newest record; -1 is 2. */
inline newest(s0, s1, r) {
    if
    :: s0.seq == 0 && s1.seq == 0 -> r = 2
    :: s0.seq > s1.seq -> r = 0
    :: s1.seq > s0.seq -> r = 1
    :: else -> r = 0
    fi
}

inline load(s) {
    seq = s.seq; cur = s.cur; prev = s.prev; floor = s.floor; tries = s.tries; trial = s.trial
}

#if PLANT == 6
#define KEPT(n) (n == cur)
#else
#define KEPT(n) (n == cur || n == prev)
#endif

/* The edition is complete as the medium has it. */
#define complete(n) (name_v[n] == SEALED && head_v[n] && moved_v[n] && part_v[n] == WHOLE)

inline check_slot(s) {
    assert(s.floor >= best_floor && s.floor <= confirmed);
    assert(EPOCH(s.cur) >= EPOCH(s.floor) && (s.prev == 0 || EPOCH(s.prev) >= EPOCH(s.floor)))
}

inline check() {
    d_step {
        newest(slot_v[0], slot_v[1], i);
        assert(i < 2);
        if
        :: i == 0 -> w = slot_v[0].cur; check_slot(slot_v[0])
        :: else -> w = slot_v[1].cur; check_slot(slot_v[1])
        fi;
        assert(w > 0 && complete(w));
        w = 0; i = 0
    }
}

/* The power goes: of every unsynced thing the old or the new is there. The journal keeps the order
 * of names: a rename is never there without the folder's earlier entries. */
inline cut() {
    i = 1;
    do
    :: i <= NEWEST ->
        if
        :: part_v[i] != part_d[i] -> if :: part_v[i] = part_d[i] :: skip fi
        :: else
        fi;
        if
        :: name_v[i] != name_d[i] -> if :: name_v[i] = name_d[i] :: skip fi
        :: else
        fi;
        if
        :: head_v[i] != head_d[i] -> if :: head_v[i] = head_d[i] :: skip fi
        :: else
        fi;
        if
        :: moved_v[i] != moved_d[i] -> if :: moved_v[i] = moved_d[i] :: skip fi
        :: else
        fi;
        part_d[i] = part_v[i]; name_d[i] = name_v[i]; head_d[i] = head_v[i];
        moved_d[i] = moved_v[i];
        i++
    :: else -> break
    od;
    i = 0;
    if
    :: slot_v[0].seq != slot_d[0].seq ->
        if
        :: copy_slot(slot_v[0], slot_d[0])
        :: skip
        :: slot_v[0].seq = 0 /* torn */
        fi
    :: else
    fi;
    if
    :: slot_v[1].seq != slot_d[1].seq ->
        if
        :: copy_slot(slot_v[1], slot_d[1])
        :: skip
        :: slot_v[1].seq = 0
        fi
    :: else
    fi;
    copy_slot(slot_d[0], slot_v[0]); copy_slot(slot_d[1], slot_v[1]);
    /* what a reader finds now */
    seq = 0; cur = 0; prev = 0; floor = 0; tries = 0; trial = 0; job = 0; w = 0
}

/* Any step may be the last. */
#define MAY_CUT if :: cuts < CUTS -> atomic { cuts++; cut(); check(); goto start } :: skip fi

/* One pwrite and one fdatasync of the slot that does not hold the newest record. */
inline record_write() {
    d_step {
        newest(slot_v[0], slot_v[1], i);
#if PLANT == 5
        w = (i == 2 -> 0 : i);
#else
        w = (i == 2 -> 0 : 1 - i);
#endif
        seq++;
        if
        :: w == 0 ->
            slot_v[0].seq = seq; slot_v[0].cur = cur; slot_v[0].prev = prev;
            slot_v[0].floor = floor; slot_v[0].tries = tries; slot_v[0].trial = trial
        :: else ->
            slot_v[1].seq = seq; slot_v[1].cur = cur; slot_v[1].prev = prev;
            slot_v[1].floor = floor; slot_v[1].tries = tries; slot_v[1].trial = trial
        fi;
        w = 0; i = 0
    }
    MAY_CUT;
#if PLANT != 8
    d_step { copy_slot(slot_d[0], slot_v[0]); copy_slot(slot_d[1], slot_v[1]) }
#endif
}

inline sync_part(n) { part_d[n] = part_v[n] }

active proctype syncd() {
    /* edition 1 is there */
    d_step {
        part_v[1] = WHOLE; part_d[1] = WHOLE; head_v[1] = 1; head_d[1] = 1;
        moved_v[1] = 1; moved_d[1] = 1; name_v[1] = SEALED; name_d[1] = SEALED;
        slot_v[0].seq = 1; slot_v[0].cur = 1; slot_v[0].floor = 1;
        copy_slot(slot_d[0], slot_v[0])
    }
start:
    atomic {
        newest(slot_v[0], slot_v[1], i);
        assert(i < 2);
        if
        :: i == 0 -> load(slot_v[0])
        :: else -> load(slot_v[1])
        fi;
        i = 0
    }
    /* a start takes a try from a trial; with none left the previous edition is taken again */
    if
    :: trial && tries > 0 ->
#if PLANT != 9
        tries--;
#endif
        record_write();
        starts++; /* a start that the power ended before this does not count */
        assert(starts <= TRIES);
        MAY_CUT
    :: trial && tries == 0 ->
        bad[cur] = 1; cur = prev; prev = 0; trial = 0; /* the office makes a new edition */
        record_write();
        check();
        MAY_CUT
    :: else
    fi;

work:
    check();
    if
    :: trial -> goto confirm /* the screen has drawn it */
    :: trial && cuts < CUTS -> /* the screen says nothing until the power goes */
        atomic { cuts++; cut(); check(); goto start }
    :: trial -> /* the screen failed: bad-listed, previous again */
        bad[cur] = 1; cur = prev; prev = 0; trial = 0;
        record_write();
        check();
        MAY_CUT;
        goto work
    :: cur < NEWEST -> /* the next edition comes, also while one is on trial */
        job = cur + 1;
        do
        :: job <= NEWEST && bad[job] -> job++
        :: else -> break
        od;
        if
        :: job > NEWEST && !trial -> job = 0; goto finish
        :: job > NEWEST && trial -> job = 0; goto confirm
        :: else
        fi
    :: !trial && prev != 0 -> /* staff go back: the current one is bad-listed */
        bad[cur] = 1; cur = prev; prev = 0;
        record_write();
        check();
        MAY_CUT;
        goto work
    :: cur == NEWEST && !trial -> goto finish
    fi;

    /* AUTH: what a cut-off attempt left goes back into stage */
    atomic {
        name_v[job] = NOWHERE; head_v[job] = 0; moved_v[job] = 0;
        if
        :: part_v[job] == WHOLE -> skip
        :: else -> part_v[job] = NONE
        fi
    }
    MAY_CUT;
    /* STAGE */
    if
    :: part_v[job] != WHOLE ->
        part_v[job] = PARTIAL;
        MAY_CUT;
        part_v[job] = WHOLE;
        MAY_CUT
    :: else
    fi;
#if PLANT != 1
    sync_part(job); /* S1 */
#endif
    MAY_CUT;
    /* SEAL */
    name_v[job] = TMP;
    MAY_CUT;
    head_v[job] = 1;
    MAY_CUT;
#if PLANT != 2
    head_d[job] = 1; /* S2 */
#endif
    MAY_CUT;
    moved_v[job] = 1;
    MAY_CUT;
#if PLANT != 3
    moved_d[job] = 1; /* S3 */
#endif
    MAY_CUT;
    name_v[job] = SEALED;
    MAY_CUT;
#if PLANT != 4
    name_d[job] = SEALED; /* S4 */
#endif
    MAY_CUT;
    /* COMMIT */
    assert(job >= floor && !bad[job]);
    if
    :: !trial -> prev = cur
    :: else
    fi;
    cur = job; trial = 1; tries = TRIES; job = 0;
#if PLANT == 7
    floor = cur;
#endif
    starts = 0;
    record_write(); /* S5 */
    check();
#if PLANT == 6
    goto prune;
#endif
    MAY_CUT;
    goto work;

confirm:
    trial = 0; tries = 0;
    if
    :: cur > floor -> floor = cur; confirmed = cur
    :: else
    fi;
#if PLANT != 10
    if
    :: prev != 0 && EPOCH(prev) < EPOCH(floor) -> prev = 0
    :: else
    fi;
#endif
    record_write(); /* S7 */
    if
    :: floor > best_floor -> best_floor = floor
    :: else
    fi;
    check();
    MAY_CUT;
prune:
    /* all but current and previous */
    w = 1;
    do
    :: w <= NEWEST ->
        if
        :: !KEPT(w) && name_v[w] == SEALED ->
            name_v[w] = NOWHERE;
            MAY_CUT;
            name_d[w] = NOWHERE; /* S9 */
            part_v[w] = NONE; part_d[w] = NONE; head_v[w] = 0; head_d[w] = 0;
            moved_v[w] = 0; moved_d[w] = 0
        :: else
        fi;
        w++
    :: else -> break
    od;
    w = 0;
    check();
    MAY_CUT;
    goto work;

finish:
    check();
    assert(!trial && (cur == NEWEST || bad[NEWEST]));
    skip
}
