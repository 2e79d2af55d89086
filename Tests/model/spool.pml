/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivery with a spool: what is written when, what a crash leaves of it, and
 * what the next life of the process makes of that. README.md says which step
 * stands for what. Sets of objects are masks of three bits.
 *
 * P1 what send() took is at the server, or live in the log, or a dead letter
 * P2 no restart sees two DONE of an object
 * P3 no object has two reports, unless a power loss took the DONE between them
 * P4 an object that is told as stored is, and with the flag if it is there twice
 * P5 with FAIL the server never holds an object twice
 * P6 no object is told as not stored while the server holds it
 * P7 every run ends, with every object settled and every full segment given up
 *
 * FAIL           ambiguous.policy = fail; without it retry
 * ALWAYS         spool.sync = always; without it none, which includes whatever
 *                interval leaves
 * INTERVAL       with the fsync of interval as a step, at ten times the states
 * STRICT         to the reader a missing segment is the end of the log
 * RECONCILE      a restart believes the dead letters (with retry)
 * LETTERS_ARE_FINAL   what is a dead letter is not stored later
 * PROGRESS       for pan -l: an answer that settles nothing is progress
 * BREAK_...      a mistake, which the checks must find
 */
#ifndef OBJECTS
#define OBJECTS 3
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef CAPACITY
#define CAPACITY 3 /* of a segment, in records */
#endif
#define RECORDS 9 /* each object has at most one of each kind */

#define ACCEPT 16
#define BEGUN 32
#define DONE 64
#define OBJECT(record) ((record) & 7)
#define LOWEST(set) ((set) & -(set))
#define IS_ONE(set) ((set) == LOWEST(set))

/* The disk. What is written survives the process; what is synced survives a
 * power loss. */
byte log[RECORDS]; /* a segment is CAPACITY records of it */
byte length, synced;
byte cursor, cursor_synced; /* the first segment that is still needed */
#ifdef BREAK_CURSOR_LATE
byte gone; /* so many segments are unlinked too soon */
#endif
byte dead, dead_synced;     /* dead letters */
bool noted = true;          /* the boot id on the disk is that of this boot */

/* The server: what it holds, and what it holds more than once. */
byte stored, twice;

/* The process. */
mtype = { MARK, NOTE, IDLE, SEND, LETTER, SYNC, END, REPORT };
mtype = { YES, NO, MAYBE };
mtype worker = IDLE;
mtype outcome = NO;
byte live, begun;       /* as the log says */
byte batch;             /* about to be sent */
byte first, second;     /* under way */
byte ended;             /* was under way until now */
byte suspect;           /* may be stored without our knowing */
byte alone;             /* of a batch that was halved */
byte ending, reporting; /* still to be written; still to be reported */

/* The program, and what it was told. */
byte next;
bool waits; /* send() waits for the disk */
byte returned;  /* without what spool.sync allows a power loss to take */
byte reported;  /* without that of which a power loss took the DONE */
byte crashes;

/* Not part of the state: set before they are read. */
hidden byte at, record, accepted, seen_begun, seen_done;

#define QUEUE (live & ~(first | second | ending))
#define LATER (QUEUE & ~LOWEST(QUEUE))
#define IS_OPEN (worker != MARK && worker != NOTE)

/* Segments: whether one is full, and whether nothing in it is needed. */
#ifdef BREAK_GIVEN_UP_EARLY
#define NEEDED(record) ((record & ACCEPT) && (record & live & ~ending))
#else
#define NEEDED(record) ((record & ACCEPT) && (record & live))
#endif
#define IS_FULL(segment) (length >= ((segment) + 1) * CAPACITY)
#if CAPACITY == 2
#define IS_OVER(segment) \
    !(NEEDED(log[(segment) * 2]) || NEEDED(log[(segment) * 2 + 1]))
#elif CAPACITY == 3
#define IS_OVER(segment)                                                      \
    !(NEEDED(log[(segment) * 3]) || NEEDED(log[(segment) * 3 + 1]) ||          \
      NEEDED(log[(segment) * 3 + 2]))
#endif
#define CAN_GIVE_UP (IS_FULL(cursor) && IS_OVER(cursor))

#define IS_FINISHED                                                           \
    (next == OBJECTS && !waits && worker == IDLE && !live && !first &&     \
     !CAN_GIVE_UP && !cursor)

/* In the last life nobody will read the log: `live` tells enough of it. */
#define IS_LAST (crashes == CRASHES)

inline append(what) {
    if
    :: !IS_LAST ->
        assert(length < RECORDS);
        log[length] = what;
        length++
    :: else
    fi
}

inline store(what) {
    twice = twice | (stored & (what));
    stored = stored | (what);
#ifdef LETTERS_ARE_FINAL
    assert(!(dead & (what)));
#endif
#ifdef FAIL
    assert(!(twice & (what)))
#endif
}

/* What a restart sees if the process ends now. */
inline read() {
    accepted = 0;
    seen_begun = 0;
    seen_done = 0;
    at = cursor * CAPACITY;
    do
    :: at >= length -> break
#ifdef STRICT
    :: at < length && at / CAPACITY < gone -> break
    :: at < length && at / CAPACITY >= gone ->
#else
    :: at < length ->
#endif
        record = log[at];
        if
        :: record & ACCEPT -> accepted = accepted | OBJECT(record)
        :: record & BEGUN -> seen_begun = seen_begun | OBJECT(record)
        :: record & DONE ->
            assert(!(seen_done & record));
            seen_done = seen_done | OBJECT(record)
        :: else /* unlinked */
        fi;
        at++
    od;
    accepted = (IS_LAST -> live : accepted & ~seen_done)
}

inline check_that_nothing_is_lost() {
    read();
    assert(!(returned & ~(stored | accepted | dead)))
}

/* An outcome: the dead letter, if it is a failure; DONE; the report. */
inline write_letter() {
    dead = dead | reporting | ending;
    worker = SYNC
}

inline write_done() {
    append(DONE | LOWEST(ending));
    live = live & ~LOWEST(ending);
    ending = ending & ~LOWEST(ending);
    check_that_nothing_is_lost();
    if
    :: ending -> worker = END
#ifdef BREAK_DONE_FIRST
    :: !ending && outcome != YES -> worker = LETTER
#endif
    :: else -> report()
    fi
}

/* A suspect that fails is told as MAYBE. */
inline report() {
    assert(!(reporting & reported));
    assert(!(outcome == YES && (reporting & ~stored)));
    assert(!(outcome == YES && (reporting & twice & ~suspect)));
#ifdef BREAK_SURE_OF_SUSPECTS
    assert(!(outcome == NO && (reporting & stored)));
#else
    assert(!(outcome == NO && (reporting & stored & ~suspect)));
#endif
    reported = reported | reporting;
    if
    :: IS_LAST -> over(reporting)
    :: else
    fi;
    suspect = suspect & ~reporting;
    alone = alone & ~reporting;
    begun = begun & live;
    reporting = 0;
    outcome = NO;
    worker = IDLE
}

inline settle(what, how) {
    outcome = how;
    reporting = what;
    ending = reporting;
#if defined(BREAK_REPORTED_FIRST)
    report();
    outcome = how;
    worker = (how == YES -> END : LETTER)
#elif defined(BREAK_DONE_FIRST)
    write_done()
#else
    if
    :: how == YES -> write_done()
    :: else -> write_letter()
    fi
#endif
}

/* After a restart suspects are as if their last answer had been ambiguous. */
inline open() {
    worker = IDLE;
#ifdef RECONCILE
    if
    :: live & dead ->
        outcome = MAYBE;
        reporting = live & dead;
        ending = reporting;
        worker = SYNC
    :: else
    fi;
#endif
#if defined(FAIL) && !defined(BREAK_SENT_AGAIN)
    if
    :: suspect -> settle(suspect, MAYBE)
    :: else
    fi
#endif
}

inline lose_power() {
    do
    :: length > synced ->
        length--;
#ifndef ALWAYS
        if
        :: log[length] & ACCEPT -> returned = returned & ~log[length]
        :: else
        fi;
#endif
        log[length] = 0
    :: break
    od;
    if
    :: cursor != cursor_synced -> cursor = cursor_synced
    :: true
    fi;
    if
    :: dead != dead_synced -> dead = dead_synced
    :: true
    fi;
    synced = length;
    cursor_synced = cursor;
    dead_synced = dead;
#ifndef BREAK_NO_SUSPICION
    noted = false;
#endif
    d_step {
        read();
        reported = reported & ~accepted
    }
}

/* Objects that no later life will see again. */
inline over(what) {
    assert(!(returned & (what) & ~(stored | dead_synced)));
    stored = stored | (what);
    twice = twice | (what);
    returned = returned | (what);
    dead = dead | (what);
    dead_synced = dead_synced | (what)
}

/* What cannot matter any more; without this there are many times the states. */
inline forget() {
    reported = ((1 << next) - 1) & ~live;
    record = 0; /* objects whose DONE may be lost yet */
    at = synced;
    do
    :: at < length && !IS_LAST ->
        record = record | ((log[at] & DONE) -> OBJECT(log[at]) : 0);
        at++
    :: else -> break
    od;
    over(reported & ~record);
    if
    :: IS_LAST ->
        at = 0;
        do
        :: at < RECORDS -> log[at] = 0; at++
        :: else -> break
        od;
        length = 0;
        synced = 0;
        cursor = 0;
        cursor_synced = 0;
        dead_synced = dead;
        begun = live;
        noted = true
    :: else
    fi
}

#ifdef BREAK_NOTED_FIRST
#define FIRST_OF_TWO NOTE
#else
#define FIRST_OF_TWO MARK
#endif
inline restart() {
    check_that_nothing_is_lost();
    assert(!(reported & accepted));
    crashes++;
    live = accepted;
    begun = seen_begun & live;
    suspect = (noted -> begun : live);
#ifndef BREAK_TAIL
    /* The tail may be lost to below what is given up. */
    if
    :: length < cursor * CAPACITY ->
        length = cursor * CAPACITY;
        synced = length
    :: else
    fi;
#endif
    batch = 0;
    first = 0;
    second = 0;
    alone = 0;
    ending = 0;
    reporting = 0;
    outcome = NO;
    next = (waits -> next + 1 : next);
    waits = false;
    forget();
    if
    :: noted -> open()
    :: else -> worker = FIRST_OF_TWO
    fi
}

inline return_from_send() {
    waits = false;
    returned = returned | (1 << next);
    next++;
    check_that_nothing_is_lost()
}

inline write_begun() {
    append(BEGUN | (batch & ~begun));
    begun = begun | batch
}

inline send() {
    second = (batch > first -> first : batch);
    first = (batch > first -> batch : first)
}
#ifdef BREAK_BEGUN_LATE
#define BEFORE_SENDING send(); worker = SEND
#define AFTER_BEGUN write_begun(); batch = 0; worker = IDLE
#else
#define BEFORE_SENDING write_begun(); worker = SEND
#define AFTER_BEGUN send(); batch = 0; worker = IDLE
#endif

/* The file is unlinked; those that are left are counted from 0 again. */
inline unlink_oldest() {
    at = 0;
    do
    :: at < RECORDS - CAPACITY -> log[at] = log[at + CAPACITY]; at++
    :: at >= RECORDS - CAPACITY && at < RECORDS -> log[at] = 0; at++
    :: else -> break
    od;
    length = (length < CAPACITY -> 0 : length - CAPACITY);
    synced = (synced < CAPACITY -> 0 : synced - CAPACITY);
    cursor--;
    cursor_synced--
}

active proctype world() {
again:
    do
    /* send(): with `always` it waits for its record, unless nothing can come. */
    :: d_step { IS_OPEN && next < OBJECTS && !waits ->
        append(ACCEPT | (1 << next));
        live = live | (1 << next);
        if
#if defined(ALWAYS) && !defined(BREAK_RETURNED_EARLY)
        :: !IS_LAST -> waits = true
#endif
        :: else -> return_from_send()
        fi }
#ifdef ALWAYS
    :: d_step { waits ->
        synced = length;
        over(reported);
        return_from_send() }
#endif
#ifdef INTERVAL
    :: d_step { synced < length -> synced = length }
#endif

    /* A restart after a power loss: who is suspect must outlive this life. */
#ifdef BREAK_NOTED_FIRST
    :: d_step { worker == NOTE -> noted = true; worker = MARK }
#endif
    :: d_step { worker == MARK ->
        if
        :: live & ~begun ->
            append(BEGUN | (live & ~begun));
            begun = live
        :: else
        fi;
#ifdef BREAK_NOTED_FIRST
        open() }
#else
        worker = NOTE }
    :: d_step { worker == NOTE -> noted = true; open() }
#endif

    /* A request of one object or two. */
    :: atomic { worker == IDLE && QUEUE && !second ->
        if
        :: batch = LOWEST(QUEUE)
        :: LATER && !(alone & (LOWEST(QUEUE) | LOWEST(LATER))) ->
            batch = LOWEST(QUEUE) | LOWEST(LATER)
        fi;
        d_step {
            if
            :: batch & ~begun -> BEFORE_SENDING
            :: else -> send(); batch = 0
            fi } }
    :: d_step { worker == SEND -> AFTER_BEGUN }

    /* Its end. What is not settled is in the queue again. */
    :: atomic { worker == IDLE && first ->
        if
        :: ended = first; first = second
        :: second -> ended = second
        fi;
        second = 0;
        if
        :: d_step { store(ended); settle(ended, YES) }
        :: !IS_ONE(ended) -> /* 400 */
#ifdef PROGRESS
            alone = alone | ended;
#endif
#ifdef BREAK_DOUBT_FORGOTTEN
            suspect = suspect & ~ended
#endif
        :: IS_ONE(ended) -> /* 400 */
#ifndef BREAK_ENDLESS
            d_step { settle(ended, NO) }
#endif
        :: ended = 0; goto progress_answer /* 503, or lost on its way */
        :: if /* no answer, or none that tells */
            :: store(ended)
            :: true
            fi;
            suspect = suspect | ended;
            if
#ifndef FAIL
            :: ended = 0; goto progress_answer
#endif
            :: d_step { settle(ended, MAYBE) }
            fi
        fi;
        ended = 0 }
    /* delivery.timeout */
    :: d_step { worker == IDLE && QUEUE -> settle(LOWEST(QUEUE), NO) }

#if defined(BREAK_DONE_FIRST)
    :: d_step { worker == LETTER -> write_letter(); dead_synced = dead; report() }
#elif defined(BREAK_REPORTED_FIRST)
    :: d_step { worker == LETTER -> write_letter() }
#endif
    :: d_step { worker == SYNC ->
#ifndef BREAK_LETTER_UNSYNCED
        dead_synced = dead;
#endif
        write_done() }
    :: d_step { worker == END -> write_done() }

    /* The oldest segment is given up. */
    :: d_step { IS_OPEN && CAN_GIVE_UP && cursor == cursor_synced ->
        cursor++;
        check_that_nothing_is_lost() }
    :: d_step { cursor_synced < cursor -> cursor_synced = cursor }
    :: d_step { cursor_synced ->
        unlink_oldest();
#ifdef BREAK_CURSOR_LATE
        gone = (gone -> gone - 1 : 0);
#endif
        check_that_nothing_is_lost() }
#ifdef BREAK_CURSOR_LATE
    :: d_step { gone < cursor ->
        log[gone * CAPACITY] = 0;
        log[gone * CAPACITY + 1] = 0;
        log[gone * CAPACITY + CAPACITY - 1] = 0;
        gone++;
        check_that_nothing_is_lost() }
#endif
#ifdef BREAK_ANY_ORDER
    :: d_step { IS_FULL(cursor + 1) && IS_OVER(cursor + 1) ->
        log[(cursor + 1) * CAPACITY] = 0;
        log[(cursor + 1) * CAPACITY + 1] = 0;
        log[(cursor + 2) * CAPACITY - 1] = 0 }
#endif

    :: atomic { !IS_LAST ->
        if
        :: first -> store(first)
        :: true
        fi;
        if
        :: second -> store(second)
        :: true
        fi;
        if
        :: true /* kill -9 */
        :: lose_power()
        fi;
        d_step { restart() } }
    :: IS_FINISHED -> break
    od;
    assert(crashes || reported == (1 << OBJECTS) - 1);
    goto end;
progress_answer:
    goto again;
end:
    skip
}
