/* One side of a ring, in C, for tests.
 *
 *     ring_peer send NAME CAPACITY SLOT_SIZE FIRST COUNT SPINS       sends messages of traffic
 *     ring_peer receive NAME CAPACITY SLOT_SIZE FIRST COUNT SPINS    checks that it gets them, and then the end
 *     ring_peer reserve NAME CAPACITY SLOT_SIZE FIRST [LIFE]         fills the place of a message, and stays
 *     ring_peer peek NAME CAPACITY SLOT_SIZE FIRST [LIFE]            checks a message, and stays with it
 *
 * Who stays does so until it is ended, or ends itself after LIFE milliseconds as if it had been killed.
 *
 * The messages are those of tests/windows/shared_memory/ring_traffic.ts.
 */
#include <stdio.h>
#include <stdlib.h>
#include "ring_channel.h"

static const char *results[] = {"ok", "system error", "taken", "invalid", "timed out", "peer gone"};

static uint32_t mix(uint32_t index) {
    uint32_t word = (index ^ 0x9e3779b9u) * 0x85ebca6bu;
    word ^= word >> 13;
    return word * 0xc2b2ae35u;
}

static uint32_t traffic_length(const ring *r, uint32_t index) {
    return r->slot_size ? r->slot_size : (mix(index) >> 8) % (r->largest + 1);
}

static uint8_t traffic_byte(uint32_t index, uint32_t at) {
    return (uint8_t)((mix(index) >> ((at & 3) << 3)) + at);
}

static void say(const char *what) {
    printf("%s\n", what);
    fflush(stdout);
}

static void stop(const char *what) {
    say(what);
    exit(1);
}

static void must(ring_result result) {
    if (result != RING_OK) stop(results[result]);
}

static uint8_t *reserve(ring *r, uint32_t length, uint32_t spins) {
    uint8_t *place;
    while (!(place = ring_reserve(r, length))) {
        must(r->corrupted ? RING_INVALID : ring_wait(r, spins, INFINITE));
    }
    return place;
}

static void fill(uint8_t *place, uint32_t index, uint32_t length) {
    for (uint32_t at = 0; at < length; at++) place[at] = traffic_byte(index, at);
}

static void check(const ring *r, const uint8_t *place, uint32_t index) {
    if (r->length != traffic_length(r, index)) stop("wrong length");
    for (uint32_t at = 0; at < r->length; at++) {
        if (place[at] != traffic_byte(index, at)) stop("wrong byte");
    }
}

int main(int argc, char **argv) {
    if (argc < 6 || argc > 8) return 2;
    wchar_t name[MAX_PATH];
    swprintf(name, MAX_PATH, L"%hs", argv[2]);
    const int writes = !strcmp(argv[1], "send") || !strcmp(argv[1], "reserve");
    const uint32_t first = strtoul(argv[5], NULL, 10);
    ring r;
    must(ring_join(&r, name, writes ? RING_WRITER : RING_READER, strtoul(argv[3], NULL, 10),
                   strtoul(argv[4], NULL, 10)));
    say("joined");
    if (argc < 8) {
        if (writes) {
            const uint32_t length = traffic_length(&r, first);
            fill(reserve(&r, length, 0), first, length);
        } else {
            while (!ring_peek(&r)) must(ring_wait(&r, 0, INFINITE));
            check(&r, r.payload, first);
        }
        say("holding");
        Sleep(argc == 7 ? strtoul(argv[6], NULL, 10) : INFINITE);
        TerminateProcess(GetCurrentProcess(), 3);
    }
    const uint32_t end = first + strtoul(argv[6], NULL, 10), spins = strtoul(argv[7], NULL, 10);
    for (uint32_t index = first; index != end; index++) {
        if (writes) {
            const uint32_t length = traffic_length(&r, index);
            fill(reserve(&r, length, spins), index, length);
            ring_commit(&r);
        } else {
            while (!ring_peek(&r)) must(r.corrupted ? RING_INVALID : ring_wait(&r, spins, INFINITE));
            check(&r, r.payload, index);
            ring_release(&r);
        }
    }
    if (!writes && ring_wait(&r, spins, INFINITE) != RING_PEER_GONE) stop("there is more");
    say("done");
    ring_leave(&r);
    return 0;
}
