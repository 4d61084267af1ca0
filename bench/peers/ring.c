/* The measurements of channels in C, with the ring of docs/ring_channel.md. Each prints one number.
 *
 *     ring stream SIZE COUNT      megabytes a second in messages of SIZE bytes, copied in and out, spinning, two processes
 *     ring round-trip COUNT       nanoseconds for 64 bytes there and back through two rings, spinning, two processes
 *     ring spin COUNT             nanoseconds for a word there and back through shared memory, spinning, two processes
 *     ring memcpy SIZE COUNT      megabytes a second in copies of SIZE bytes that are in no cache, as those of another process are
 *     ring paced NAME COUNT       sends a message each millisecond, for a reader whose processor time is measured
 */
#include <stdio.h>
#include <stdlib.h>
#include "../../tests/interop/ring_channel.h"

/* As in bench/programs/channel.ts. */
enum { MESSAGE = 64, CAPACITY = 1 << 20 };

static void fail(const char *what) {
    fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
    exit(1);
}

static double seconds(void) {
    LARGE_INTEGER frequency, count;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    return (double)count.QuadPart / (double)frequency.QuadPart;
}

/* Starts this program again as the other side. */
static void start_peer(const char *role, const char *name, const char *size, const char *count) {
    char program[MAX_PATH], command[2 * MAX_PATH];
    GetModuleFileNameA(NULL, program, sizeof program);
    snprintf(command, sizeof command, "\"%s\" %s %s %s %s", program, role, name, size, count);
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
        fail("CreateProcess");
    }
}

static void make_name(char *name, size_t size) {
    snprintf(name, size, "winipc-bench-ring-%lu", GetCurrentProcessId());
}

static void join(ring *r, const char *name, const char *suffix, ring_role role) {
    wchar_t wide[MAX_PATH];
    swprintf(wide, MAX_PATH, L"%hs%hs", name, suffix);
    if (ring_join(r, wide, role, CAPACITY, 0) != RING_OK) fail("ring_join");
}

static void send(ring *r, const void *message, uint32_t size) {
    while (!ring_send(r, message, size)) YieldProcessor();
}

static void receive(ring *r, void *message) {
    const uint8_t *place;
    while (!(place = ring_peek(r))) YieldProcessor();
    memcpy(message, place, r->length);
    ring_release(r);
}

static void measure_stream(const char *size_text, const char *count_text) {
    const uint32_t size = atol(size_text), count = atol(count_text), warm_up = count / 10;
    char name[64], *message = malloc(size);
    ring r;
    make_name(name, sizeof name);
    join(&r, name, "", RING_READER);
    start_peer("source", name, size_text, count_text);
    double start = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == warm_up) start = seconds();
        receive(&r, message);
    }
    printf("%.3f\n", (double)size * (count - warm_up) / (seconds() - start) / 1e6);
    ring_leave(&r);
}

static void source(const char *name, uint32_t size, uint32_t count) {
    char *message = calloc(1, size);
    ring r;
    join(&r, name, "", RING_WRITER);
    for (uint32_t i = 0; i < count; i++) send(&r, message, size);
    ring_leave(&r);
}

static void measure_round_trip(const char *count_text) {
    const uint32_t count = atol(count_text), warm_up = count / 10;
    char name[64], message[MESSAGE] = {0};
    ring requests, replies;
    make_name(name, sizeof name);
    join(&requests, name, ".a", RING_WRITER);
    join(&replies, name, ".b", RING_READER);
    start_peer("echo", name, "64", count_text);
    double start = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i == warm_up) start = seconds();
        send(&requests, message, MESSAGE);
        receive(&replies, message);
    }
    printf("%.3f\n", (seconds() - start) * 1e9 / (count - warm_up));
    ring_leave(&requests);
    ring_leave(&replies);
}

static void echo(const char *name, uint32_t count) {
    char message[MESSAGE];
    ring requests, replies;
    join(&requests, name, ".a", RING_READER);
    join(&replies, name, ".b", RING_WRITER);
    for (uint32_t i = 0; i < count; i++) {
        receive(&requests, message);
        send(&replies, message, MESSAGE);
    }
}

/* Two words on lines of their own. */
typedef struct {
    _Alignas(128) _Atomic uint32_t there;
    _Alignas(128) _Atomic uint32_t back;
} words;

static words *map_words(const char *name) {
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name);
    words *shared = section ? MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 4096) : NULL;
    if (!shared) fail("MapViewOfFile");
    return shared;
}

static void measure_spin(const char *count_text) {
    const uint32_t count = atol(count_text), warm_up = count / 10;
    char name[64];
    make_name(name, sizeof name);
    words *shared = map_words(name);
    start_peer("spin-back", name, "0", count_text);
    double start = 0;
    for (uint32_t i = 1; i <= count; i++) {
        if (i == warm_up) start = seconds();
        atomic_store(&shared->there, i);
        while (atomic_load(&shared->back) != i);
    }
    printf("%.3f\n", (seconds() - start) * 1e9 / (count - warm_up));
}

static void spin_back(const char *name, uint32_t count) {
    words *shared = map_words(name);
    for (uint32_t i = 1; i <= count; i++) {
        while (atomic_load(&shared->there) != i);
        atomic_store(&shared->back, i);
    }
}

/* Larger than the caches of today's processors. */
enum { REGION = 128 << 20 };

static void measure_memcpy(uint32_t size, uint32_t count) {
    char *source = malloc(REGION), *target = malloc(REGION);
    memset(source, 1, REGION);
    memset(target, 1, REGION);
    const double start = seconds();
    for (uint32_t i = 0, at = 0; i < count; i++, at = at + 2 * size > REGION ? 0 : at + size) {
        memcpy(target + at, source + at, size);
        /* So that the compiler leaves no copy out. */
        __asm__ volatile("" : : "r"(target) : "memory");
    }
    printf("%.3f\n", (double)size * count / (seconds() - start) / 1e6);
}

static void paced(const char *name, uint32_t count) {
    char message[MESSAGE] = {0};
    ring r;
    join(&r, name, "", RING_WRITER);
    double next = seconds();
    for (uint32_t i = 0; i < count; i++) {
        next += 1e-3;
        /* Windows sleeps in steps of up to 16 ms; this process is not the one that is measured. */
        while (seconds() < next) YieldProcessor();
        send(&r, message, MESSAGE);
    }
    ring_leave(&r);
}

int main(int argc, char **argv) {
    const char *work = argc > 2 ? argv[1] : "";
    if (argc == 4 && !strcmp(work, "stream")) measure_stream(argv[2], argv[3]);
    else if (argc == 3 && !strcmp(work, "round-trip")) measure_round_trip(argv[2]);
    else if (argc == 3 && !strcmp(work, "spin")) measure_spin(argv[2]);
    else if (argc == 4 && !strcmp(work, "memcpy")) measure_memcpy(atol(argv[2]), atol(argv[3]));
    else if (argc == 4 && !strcmp(work, "paced")) paced(argv[2], atol(argv[3]));
    else if (argc == 5 && !strcmp(work, "source")) source(argv[2], atol(argv[3]), atol(argv[4]));
    else if (argc == 5 && !strcmp(work, "echo")) echo(argv[2], atol(argv[4]));
    else if (argc == 5 && !strcmp(work, "spin-back")) spin_back(argv[2], atol(argv[4]));
    else {
        fprintf(stderr, "usage: ring stream SIZE COUNT | round-trip COUNT | spin COUNT | "
                        "memcpy SIZE COUNT | paced NAME COUNT\n");
        return 2;
    }
    return 0;
}
