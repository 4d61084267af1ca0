/*
 * The ring of docs/ring_channel.md in C11 for Windows: one process writes messages, another one reads them.
 *
 *     ring r;
 *     if (ring_join(&r, L"Local\\telemetry", RING_WRITER, 1 << 20, 0) != RING_OK) ...;
 *     void *place = ring_reserve(&r, 24);     // NULL: full
 *     ...fill 24 bytes...
 *     ring_commit(&r);
 *     ring_leave(&r);
 *
 * Section titles in comments are those of docs/ring_channel.md.
 */
#ifndef RING_CHANNEL_H
#define RING_CHANNEL_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

/* "Layout" */
#define RING_MAGIC 0x474e5257u /* the bytes "WRNG" */
#define RING_VERSION 1u
#define RING_DATA_AT 4096u
#define RING_MIN_CAPACITY 64u
#define RING_MAX_CAPACITY (1u << 30)
#define RING_PADDING UINT32_MAX

typedef struct {
    _Atomic uint32_t generation;
    uint32_t process_id;
    uint64_t created; /* FILETIME */
} ring_owner;

typedef struct {
    _Atomic uint32_t magic;
    uint32_t version;
    uint32_t data_at;
    uint32_t capacity;
    uint32_t slot_size;
    _Alignas(128) ring_owner writer;
    _Alignas(64) ring_owner reader;
    _Alignas(128) _Atomic uint32_t write_position;
    _Alignas(128) _Atomic uint32_t read_position;
    _Alignas(128) _Atomic uint32_t reader_state;
    _Alignas(128) _Atomic uint32_t writer_state;
    uint32_t space_wanted;
} ring_header;

_Static_assert(offsetof(ring_header, writer) == 128, "writer owner");
_Static_assert(offsetof(ring_header, reader) == 192, "reader owner");
_Static_assert(offsetof(ring_header, write_position) == 256, "write position");
_Static_assert(offsetof(ring_header, read_position) == 384, "read position");
_Static_assert(offsetof(ring_header, reader_state) == 512, "reader state");
_Static_assert(offsetof(ring_header, writer_state) == 640, "writer state");
_Static_assert(offsetof(ring_header, space_wanted) == 644, "space wanted");

/* In a position: the other side sleeps, and wants to be woken when it changes. */
#define RING_SLEEPER 1u
/* A position without the bits that are no part of it. */
#define RING_POSITION(value) ((value) & ~7u)

/* "States" */
enum { RING_ABSENT, RING_PRESENT, RING_LEFT };

typedef enum { RING_WRITER, RING_READER } ring_role;

typedef enum {
    RING_OK,
    RING_SYSTEM_ERROR, /* GetLastError() tells */
    RING_TAKEN,        /* a living process has this role */
    RING_INVALID,      /* not a ring, or not the one asked for, or corrupted */
    RING_TIMED_OUT,
    RING_PEER_GONE     /* the other side has left or ended */
} ring_result;

typedef struct {
    ring_header *header;
    uint8_t *data;
    uint32_t capacity, slot_size, largest;
    ring_role role;
    HANDLE mutex, section, data_event, space_event;
    /* Own position, and the other side's as it was last looked at. */
    uint32_t position, seen;
    /* The message that is reserved or peeked: where the ring goes on behind it; how long it is. */
    uint32_t next, length;
    uint8_t *payload;
    uint32_t wanted;
    HANDLE peer;
    uint32_t peer_generation;
    int peer_disconnected;
    int corrupted;
} ring;

static inline uint32_t ring_pad(uint32_t length) {
    return (length + 7) & ~7u;
}

static inline uint64_t ring_creation_time(HANDLE process) {
    FILETIME created, ended, kernel, user;
    if (!GetProcessTimes(process, &created, &ended, &kernel, &user)) return 0;
    return ((uint64_t)created.dwHighDateTime << 32) | created.dwLowDateTime;
}

/* "Which side is alive": the process, 0 if it is gone, INVALID_HANDLE_VALUE if it cannot be told. */
static inline HANDLE ring_open_process(uint32_t id, uint64_t created) {
    HANDLE process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (!process) return GetLastError() == ERROR_INVALID_PARAMETER ? NULL : INVALID_HANDLE_VALUE;
    if (ring_creation_time(process) == created && WaitForSingleObject(process, 0) == WAIT_TIMEOUT) {
        return process;
    }
    CloseHandle(process);
    return NULL;
}

static inline _Atomic uint32_t *ring_state_of(ring *r, ring_role role) {
    return role == RING_WRITER ? &r->header->writer_state : &r->header->reader_state;
}

static inline HANDLE ring_event_of(ring *r, ring_role role) {
    return role == RING_WRITER ? r->space_event : r->data_event;
}

static inline ring_role ring_other(ring_role role) {
    return role == RING_WRITER ? RING_READER : RING_WRITER;
}

/* "Joining", with the mutex held. */
static inline ring_result ring_take_role(ring *r, const wchar_t *name, uint32_t capacity,
                                          uint32_t slot_size) {
    r->section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                    RING_DATA_AT + capacity, name);
    if (!r->section) return RING_SYSTEM_ERROR;
    r->header = MapViewOfFile(r->section, FILE_MAP_ALL_ACCESS, 0, 0, RING_DATA_AT + capacity);
    if (!r->header) return RING_SYSTEM_ERROR;
    r->data = (uint8_t *)r->header + RING_DATA_AT;
    ring_header *h = r->header;
    if (atomic_load(&h->magic) == 0) {
        h->version = RING_VERSION;
        h->data_at = RING_DATA_AT;
        h->capacity = capacity;
        h->slot_size = slot_size;
        atomic_store(&h->magic, RING_MAGIC);
    }
    if (h->magic != RING_MAGIC || h->version != RING_VERSION || h->data_at != RING_DATA_AT ||
        h->capacity != capacity || h->slot_size != slot_size) {
        return RING_INVALID;
    }
    ring_owner *owner = r->role == RING_WRITER ? &h->writer : &h->reader;
    _Atomic uint32_t *state = ring_state_of(r, r->role);
    if (atomic_load(state) == RING_PRESENT) {
        HANDLE process = ring_open_process(owner->process_id, owner->created);
        if (process && process != INVALID_HANDLE_VALUE) CloseHandle(process);
        if (process) return RING_TAKEN;
    }
    uint32_t written = RING_POSITION(atomic_load(&h->write_position));
    uint32_t read = RING_POSITION(atomic_load(&h->read_position));
    if (written - read > capacity) return RING_INVALID;
    r->position = r->role == RING_WRITER ? written : read;
    r->seen = r->role == RING_WRITER ? read : written;
    owner->process_id = GetCurrentProcessId();
    owner->created = ring_creation_time(GetCurrentProcess());
    atomic_fetch_add(&owner->generation, 1);
    atomic_store(state, RING_PRESENT);
    SetEvent(ring_event_of(r, ring_other(r->role)));
    return RING_OK;
}

static inline void ring_close(ring *r) {
    if (r->header) UnmapViewOfFile(r->header);
    if (r->section) CloseHandle(r->section);
    if (r->data_event) CloseHandle(r->data_event);
    if (r->space_event) CloseHandle(r->space_event);
    if (r->mutex) CloseHandle(r->mutex);
    if (r->peer) CloseHandle(r->peer);
    memset(r, 0, sizeof *r);
}

/* Makes the ring or opens it, and takes a role in it. slot_size is 0 for messages of any size. */
static inline ring_result ring_join(ring *r, const wchar_t *name, ring_role role, uint32_t capacity,
                                    uint32_t slot_size) {
    wchar_t text[MAX_PATH + 8];
    memset(r, 0, sizeof *r);
    r->role = role;
    r->capacity = capacity;
    r->slot_size = slot_size;
    r->largest = slot_size ? slot_size : capacity / 2 - 8;
    swprintf(text, MAX_PATH + 8, L"%ls.join", name);
    r->mutex = CreateMutexW(NULL, FALSE, text);
    if (!r->mutex) return RING_SYSTEM_ERROR;
    DWORD wait = WaitForSingleObject(r->mutex, 5000);
    if (wait != WAIT_OBJECT_0 && wait != WAIT_ABANDONED) {
        ring_close(r);
        return RING_TIMED_OUT;
    }
    swprintf(text, MAX_PATH + 8, L"%ls.data", name);
    r->data_event = CreateEventW(NULL, FALSE, FALSE, text);
    swprintf(text, MAX_PATH + 8, L"%ls.space", name);
    r->space_event = CreateEventW(NULL, FALSE, FALSE, text);
    ring_result result = r->data_event && r->space_event
        ? ring_take_role(r, name, capacity, slot_size)
        : RING_SYSTEM_ERROR;
    ReleaseMutex(r->mutex);
    if (result != RING_OK) ring_close(r);
    return result;
}

/* "Leaving" */
static inline void ring_leave(ring *r) {
    atomic_store(ring_state_of(r, r->role), RING_LEFT);
    SetEvent(ring_event_of(r, ring_other(r->role)));
    ring_close(r);
}

/* "Writing": a place for a message, or NULL if there is no room, or it is too long. */
static inline uint8_t *ring_reserve(ring *r, uint32_t length) {
    if (length > r->largest || (r->slot_size && length != r->slot_size)) return NULL;
    if (atomic_load(&r->header->reader_state) == RING_LEFT) {
        r->wanted = UINT32_MAX; /* no room will do: ring_wait() tells why */
        return NULL;
    }
    uint32_t before = r->slot_size ? 0 : 8;
    uint32_t record = before + ring_pad(length);
    uint32_t at = r->position & (r->capacity - 1);
    uint32_t tail = r->capacity - at;
    uint32_t needed = record > tail ? tail + record : record;
    if (needed > r->capacity - (r->position - r->seen)) {
        r->seen = RING_POSITION(atomic_load(&r->header->read_position));
        uint32_t used = r->position - r->seen;
        if (used > r->capacity) {
            r->corrupted = 1;
            return NULL;
        }
        if (needed > r->capacity - used) {
            r->wanted = needed;
            return NULL;
        }
    }
    if (record > tail) {
        if (!r->slot_size) *(uint32_t *)(r->data + at) = RING_PADDING;
        at = 0;
    }
    r->next = r->position + needed;
    r->length = length;
    return r->payload = r->data + at + before;
}

static inline void ring_commit(ring *r) {
    if (!r->slot_size) *(uint32_t *)(r->payload - 8) = r->length;
    r->position = r->next;
    if (atomic_exchange(&r->header->write_position, r->position) & RING_SLEEPER) {
        SetEvent(r->data_event);
    }
}

static inline int ring_send(ring *r, const void *bytes, uint32_t length) {
    uint8_t *place = ring_reserve(r, length);
    if (!place) return 0;
    memcpy(place, bytes, length);
    ring_commit(r);
    return 1;
}

/* "Reading": the next message, whose length is r->length, or NULL if there is none. */
static inline const uint8_t *ring_peek(ring *r) {
    if (r->position == r->seen) {
        r->seen = RING_POSITION(atomic_load(&r->header->write_position));
        if (r->position == r->seen) return NULL;
        if (r->seen - r->position > r->capacity) {
            r->seen = r->position;
            r->corrupted = 1;
            return NULL;
        }
    }
    uint32_t position = r->position;
    uint32_t at = position & (r->capacity - 1);
    uint32_t before = r->slot_size ? 0 : 8;
    uint32_t length = r->slot_size;
    int padded = r->slot_size
        ? ring_pad(r->slot_size) > r->capacity - at
        : (length = *(volatile uint32_t *)(r->data + at)) == RING_PADDING;
    if (padded) {
        position += r->capacity - at;
        at = 0;
        if (!r->slot_size) length = *(volatile uint32_t *)r->data;
    }
    uint32_t available = r->seen - position;
    if (length > r->largest || available > r->capacity ||
        before + ring_pad(length) > available || before + ring_pad(length) > r->capacity - at) {
        r->corrupted = 1;
        return NULL;
    }
    r->next = position + before + ring_pad(length);
    r->length = length;
    return r->payload = r->data + at + before;
}

static inline void ring_release(ring *r) {
    r->position = r->next;
    if (atomic_exchange(&r->header->read_position, r->position) & RING_SLEEPER) {
        uint32_t written = RING_POSITION(atomic_load(&r->header->write_position));
        uint32_t room = r->capacity - (written - r->position);
        if (room >= r->header->space_wanted || room >= r->capacity) SetEvent(r->space_event);
        else atomic_fetch_or(&r->header->read_position, RING_SLEEPER); /* it sleeps on */
    }
}

static inline int ring_ready(ring *r) {
    if (r->role == RING_READER) return ring_peek(r) != NULL || r->corrupted;
    r->seen = RING_POSITION(atomic_load(&r->header->read_position));
    return r->wanted <= r->capacity - (r->position - r->seen);
}

/* "Which side is alive": whether the other side has left, or its process has ended. */
static inline int ring_peer_disconnected(ring *r) {
    ring_owner *owner = r->role == RING_WRITER ? &r->header->reader : &r->header->writer;
    uint32_t state = atomic_load(ring_state_of(r, ring_other(r->role)));
    if (state == RING_ABSENT || state == RING_LEFT) return state == RING_LEFT;
    uint32_t generation = atomic_load(&owner->generation);
    if (generation != r->peer_generation) {
        if (r->peer) CloseHandle(r->peer);
        r->peer = ring_open_process(owner->process_id, owner->created);
        r->peer_disconnected = r->peer == NULL;
        r->peer_generation = generation;
        if (r->peer == INVALID_HANDLE_VALUE) {
            r->peer = NULL;
            r->peer_generation = generation - 1; /* ask again next time */
        }
    } else if (r->peer && WaitForSingleObject(r->peer, 0) == WAIT_OBJECT_0) {
        r->peer_disconnected = 1;
    }
    return r->peer_disconnected;
}

/*
 * "Sleeping and waking": waits for a message, or for room for the one that ring_reserve() had none for; first by looking
 * `spins` times, and then asleep.
 */
static inline ring_result ring_wait(ring *r, uint32_t spins, DWORD milliseconds) {
    _Atomic uint32_t *position =
        r->role == RING_WRITER ? &r->header->read_position : &r->header->write_position;
    ULONGLONG end = GetTickCount64() + milliseconds;
    for (;;) {
        for (uint32_t i = 0; i < spins; i++) {
            if (ring_ready(r)) return RING_OK;
            YieldProcessor();
        }
        if (r->role == RING_WRITER) r->header->space_wanted = r->wanted;
        atomic_fetch_or(position, RING_SLEEPER);
        ring_result result = RING_OK;
        if (!ring_ready(r)) {
            if (ring_peer_disconnected(r)) {
                result = ring_ready(r) ? RING_OK : RING_PEER_GONE;
            } else {
                ULONGLONG now = GetTickCount64();
                ULONGLONG rest = milliseconds == INFINITE ? 500 : now >= end ? 0 : end - now;
                WaitForSingleObject(ring_event_of(r, r->role), rest > 500 ? 500 : (DWORD)rest);
                result = ring_ready(r) ? RING_OK : rest == 0 ? RING_TIMED_OUT : (ring_result)-1;
            }
        }
        atomic_fetch_and(position, ~RING_SLEEPER);
        if (result != (ring_result)-1) return r->corrupted ? RING_INVALID : result;
    }
}

#endif
