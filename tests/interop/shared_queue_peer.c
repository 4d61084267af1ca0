/*
 * The other side of the tests of SharedQueue: the Cloudtoid Interprocess protocol, version 3, written in C from the
 * protocol's document alone, and so a check of how that was understood. It shares no code with src.
 *
 * Usage: shared_queue_peer NAME CAPACITY COMMAND..., where COMMAND is
 *
 *   send WRITER COUNT MAX       puts COUNT messages in, numbered from 1, with up to MAX bytes of payload behind their numbers
 *   flood WRITER MAX            the same, without end
 *   receive                     takes messages until a stop message, and prints what it got
 *   drain LIMIT                 takes LIMIT messages at most, prints each as hexadecimal, until there is none
 *   put HEX...                  puts one message in for each argument ("-" is an empty one), and prints which were accepted
 *   consume                     takes messages without end, and stores the number of each in the mapping "NAME-seen"
 *   wait                        takes one message, blocking, and prints it
 *   times COUNT SIZE            how long COUNT messages of SIZE bytes take in and out, in nanoseconds for each
 *   source COUNT SIZE           puts COUNT messages of SIZE bytes in
 *   sink COUNT                  takes COUNT messages, blocking, and prints how long one took, in nanoseconds
 *   stat                        prints the header's fields
 *   join                        joins the queue, and ends at the next line on stdin
 *   lease ID                    prints 1 if participant ID must be taken to live, else 0
 *
 * Before COMMAND may come options: "-at POINT" stops at the first time that POINT is reached, prints "at POINT", and goes on
 * when a line comes on stdin; "-observe MS" sets how long a blocked head is looked at before it is given up, and
 * "-threads N" has N threads do COMMAND, each as a participant of its own.
 */

#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_AT 262400
#define SLOTS 2048
#define STOP_WRITER 0xffffffffu

typedef struct {
  int64_t id;
  int32_t calls;
  uint8_t reserved[116];
} slot_t;

typedef struct {
  int64_t read_offset;
  int64_t write_offset;
  int64_t read_lock_owner;
  int32_t notification_pending;
  int32_t last_participant_id;
  int64_t capacity;
  uint8_t reserved0[88];
  int32_t gate;
  uint8_t reserved1[124];
  slot_t slots[SLOTS];
  uint8_t ring[];
} queue_memory_t;

_Static_assert(offsetof(queue_memory_t, gate) == 128, "gate");
_Static_assert(offsetof(queue_memory_t, slots) == 256, "slots");
_Static_assert(offsetof(queue_memory_t, ring) == RING_AT, "ring");
_Static_assert(sizeof(slot_t) == 128, "slot");

typedef struct {
  queue_memory_t *memory;
  int64_t capacity;
  HANDLE mapping, semaphore;
  int64_t id;
  HANDLE lease;
  int slot;
  /* What is known of a head that is blocked. */
  int64_t blocked_at, blocked_tail;
  ULONGLONG blocked_since;
  BOOL blocked;
} endpoint_t;

static const char *queue_name;
static int64_t queue_capacity;
static const char *stop_at;
static ULONGLONG observation = 10000;

static void fail(const char *what) {
  fprintf(stderr, "%s failed: error %lu\n", what, GetLastError());
  ExitProcess(3);
}

/* Where a test may have the process stopped, or ended. */
static void point(const char *name) {
  if (stop_at == NULL || strcmp(stop_at, name) != 0) return;
  stop_at = NULL;
  printf("at %s\n", name);
  fflush(stdout);
  char line[16];
  if (fgets(line, sizeof line, stdin) == NULL) ExitProcess(4);
}

/* ---- participants ---- */

static int64_t started(HANDLE process) {
  FILETIME creation, exit, kernel, user;
  if (!GetProcessTimes(process, &creation, &exit, &kernel, &user)) return -1;
  return (int64_t)(((uint64_t)creation.dwHighDateTime << 32) | creation.dwLowDateTime) +
         504911232000000000LL;
}

static void lease_name(char *name, size_t size, int64_t id) {
  snprintf(name, size, "CT3_READER_%s.%lld", queue_name, (long long)id);
}

static BOOL proven_dead(int64_t id) {
  char name[300];
  lease_name(name, sizeof name, id);
  HANDLE mapping = OpenFileMappingA(FILE_MAP_READ, FALSE, name);
  if (mapping == NULL) return GetLastError() == ERROR_FILE_NOT_FOUND;
  const uint8_t *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 16);
  if (view == NULL) {
    CloseHandle(mapping);
    return FALSE;
  }
  int32_t pid;
  int64_t creation;
  memcpy(&pid, view, 4);
  memcpy(&creation, view + 8, 8);
  UnmapViewOfFile(view);
  CloseHandle(mapping);
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, (DWORD)pid);
  if (process == NULL) return GetLastError() == ERROR_INVALID_PARAMETER;
  BOOL dead = FALSE;
  if (WaitForSingleObject(process, 0) == WAIT_OBJECT_0) {
    dead = TRUE;
  } else {
    int64_t found = started(process);
    dead = found != -1 && found != creation;
  }
  CloseHandle(process);
  return dead;
}

static void become_participant(endpoint_t *e) {
  int32_t last = __atomic_load_n(&e->memory->last_participant_id, __ATOMIC_SEQ_CST);
  do {
    if (last == INT32_MAX) fail("numbering participants");
  } while (!__atomic_compare_exchange_n(&e->memory->last_participant_id, &last, last + 1, FALSE,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  e->id = last + 1;
  char name[300];
  lease_name(name, sizeof name, e->id);
  e->lease = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 16, name);
  if (e->lease == NULL || GetLastError() == ERROR_ALREADY_EXISTS) fail("making a lease");
  uint8_t *view = MapViewOfFile(e->lease, FILE_MAP_WRITE, 0, 0, 16);
  if (view == NULL) fail("mapping a lease");
  int32_t pid = (int32_t)GetCurrentProcessId();
  int64_t creation = started(GetCurrentProcess());
  memcpy(view, &pid, 4);
  memcpy(view + 8, &creation, 8);
  UnmapViewOfFile(view);
}

static void become_publisher(endpoint_t *e) {
  become_participant(e);
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < SLOTS; i++) {
      int64_t owner = __atomic_load_n(&e->memory->slots[i].id, __ATOMIC_SEQ_CST);
      if (owner != 0 && (pass == 0 || !proven_dead(owner))) continue;
      if (__atomic_compare_exchange_n(&e->memory->slots[i].id, &owner, e->id, FALSE,
                                      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        __atomic_store_n(&e->memory->slots[i].calls, 0, __ATOMIC_SEQ_CST);
        e->slot = i;
        return;
      }
    }
  }
  fail("finding a slot");
}

/* ---- the queue ---- */

static void open_queue(endpoint_t *e) {
  char name[300];
  memset(e, 0, sizeof *e);
  e->slot = -1;
  e->capacity = queue_capacity;
  snprintf(name, sizeof name, "CT3_INIT_%s", queue_name);
  HANDLE mutex = CreateMutexA(NULL, FALSE, name);
  if (mutex == NULL) fail("CreateMutexA");
  DWORD got = WaitForSingleObject(mutex, INFINITE);
  if (got != WAIT_OBJECT_0 && got != WAIT_ABANDONED) fail("waiting for the mutex");
  point("mutex");
  uint64_t length = RING_AT + (uint64_t)queue_capacity;
  snprintf(name, sizeof name, "CT3_IP_%s", queue_name);
  e->mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, (DWORD)(length >> 32),
                                  (DWORD)length, name);
  if (e->mapping == NULL) fail("CreateFileMappingA");
  uint8_t *header = MapViewOfFile(e->mapping, FILE_MAP_WRITE, 0, 0, 40);
  if (header == NULL) fail("mapping the header");
  int64_t capacity;
  memcpy(&capacity, header + 32, 8);
  if (capacity == 0) {
    memcpy(header + 32, &queue_capacity, 8);
  } else if (capacity != queue_capacity) {
    printf("capacity is %lld\n", (long long)capacity);
    fflush(stdout);
    ExitProcess(2);
  }
  UnmapViewOfFile(header);
  e->memory = MapViewOfFile(e->mapping, FILE_MAP_WRITE, 0, 0, (SIZE_T)length);
  if (e->memory == NULL) fail("mapping the queue");
  snprintf(name, sizeof name, "Global\\CT3.IP.%s", queue_name);
  e->semaphore = CreateSemaphoreA(NULL, 0, INT32_MAX, name);
  if (e->semaphore == NULL) fail("CreateSemaphoreA");
  ReleaseMutex(mutex);
  CloseHandle(mutex);
}

static void close_queue(endpoint_t *e) {
  if (e->slot >= 0) {
    int64_t id = e->id;
    __atomic_compare_exchange_n(&e->memory->slots[e->slot].id, &id, 0, FALSE, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
  }
  if (e->lease != NULL) CloseHandle(e->lease);
  UnmapViewOfFile(e->memory);
  CloseHandle(e->mapping);
  CloseHandle(e->semaphore);
}

static void notify(endpoint_t *e) {
  if (__atomic_exchange_n(&e->memory->notification_pending, 1, __ATOMIC_SEQ_CST) != 0) return;
  point("pending");
  if (!ReleaseSemaphore(e->semaphore, 1, NULL) && GetLastError() != ERROR_TOO_MANY_POSTS) {
    fail("ReleaseSemaphore");
  }
}

/* Copies to or from the ring, in at most two parts. */
static void to_ring(endpoint_t *e, int64_t position, const void *from, int64_t length) {
  int64_t at = position % e->capacity;
  int64_t first = length < e->capacity - at ? length : e->capacity - at;
  memcpy(e->memory->ring + at, from, (size_t)first);
  memcpy(e->memory->ring, (const uint8_t *)from + first, (size_t)(length - first));
}

static void from_ring(endpoint_t *e, int64_t position, void *to, int64_t length) {
  int64_t at = position % e->capacity;
  int64_t first = length < e->capacity - at ? length : e->capacity - at;
  memcpy(to, e->memory->ring + at, (size_t)first);
  memcpy((uint8_t *)to + first, e->memory->ring, (size_t)(length - first));
}

static void zero_ring(endpoint_t *e, int64_t position, int64_t length) {
  int64_t at = position % e->capacity;
  int64_t first = length < e->capacity - at ? length : e->capacity - at;
  memset(e->memory->ring + at, 0, (size_t)first);
  memset(e->memory->ring, 0, (size_t)(length - first));
}

static int64_t padded(int64_t length) { return (length + 15) & ~(int64_t)7; }

static BOOL publish(endpoint_t *e, const void *payload, int32_t length) {
  queue_memory_t *m = e->memory;
  int64_t size = padded(length), write;
  do {
    int64_t read = __atomic_load_n(&m->read_offset, __ATOMIC_SEQ_CST);
    write = __atomic_load_n(&m->write_offset, __ATOMIC_SEQ_CST);
    if (size > e->capacity - (write - read)) return FALSE;
    if (write > INT64_MAX - size) fail("positions");
  } while (!__atomic_compare_exchange_n(&m->write_offset, &write, write + size, FALSE,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  point("reserved");
  to_ring(e, write + 8, payload, length);
  point("copied");
  int32_t *header = (int32_t *)(m->ring + write % e->capacity);
  __atomic_store_n(header + 1, length, __ATOMIC_RELAXED);
  __atomic_store_n(header, 2, __ATOMIC_RELEASE);
  point("published");
  notify(e);
  return TRUE;
}

static BOOL enqueue(endpoint_t *e, const void *payload, int32_t length) {
  int32_t *calls = &e->memory->slots[e->slot].calls;
  BOOL done = FALSE;
  __atomic_add_fetch(calls, 1, __ATOMIC_SEQ_CST);
  point("entered");
  if (__atomic_load_n(&e->memory->gate, __ATOMIC_SEQ_CST) == 0) done = publish(e, payload, length);
  __atomic_sub_fetch(calls, 1, __ATOMIC_SEQ_CST);
  return done;
}

/* One attempt to give up a blocked head; this reader has the lock. */
static void recover(endpoint_t *e, int64_t read, int64_t write) {
  queue_memory_t *m = e->memory;
  if (!e->blocked || e->blocked_at != read) {
    e->blocked = TRUE;
    e->blocked_at = read;
    e->blocked_tail = write;
    e->blocked_since = GetTickCount64();
    return;
  }
  if (GetTickCount64() - e->blocked_since < observation) return;
  __atomic_exchange_n(&m->gate, 1, __ATOMIC_SEQ_CST);
  point("gate closed");
  BOOL alive = FALSE;
  for (int i = 0; i < SLOTS && !alive; i++) {
    if (__atomic_load_n(&m->slots[i].calls, __ATOMIC_SEQ_CST) == 0) continue;
    int64_t owner = __atomic_load_n(&m->slots[i].id, __ATOMIC_SEQ_CST);
    alive = owner != 0 && !proven_dead(owner);
  }
  if (!alive) {
    int64_t length = e->blocked_tail - read;
    if (length < 0 || length > e->capacity) fail("range to give up");
    zero_ring(e, read, length);
    point("given up");
    __atomic_store_n(&m->read_offset, e->blocked_tail, __ATOMIC_SEQ_CST);
    point("skipped");
    e->blocked = FALSE;
  }
  __atomic_store_n(&m->gate, 0, __ATOMIC_SEQ_CST);
}

/* Returns the length of a message, or -1. */
static int64_t take(endpoint_t *e, void *payload, int64_t room) {
  queue_memory_t *m = e->memory;
  int64_t read = __atomic_load_n(&m->read_offset, __ATOMIC_SEQ_CST);
  int64_t write = __atomic_load_n(&m->write_offset, __ATOMIC_SEQ_CST);
  if (read == write) return -1;
  int32_t *header = (int32_t *)(m->ring + read % e->capacity);
  int32_t ready = 2;
  if (!__atomic_compare_exchange_n(header, &ready, 1, FALSE, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    recover(e, read, write);
    return -1;
  }
  point("claimed");
  int32_t length = __atomic_load_n(header + 1, __ATOMIC_RELAXED);
  if (length < 0 || padded(length) > write - read || length > room) fail("length");
  from_ring(e, read + 8, payload, length);
  point("read");
  /* In two halves, so that there is a point in the middle. */
  zero_ring(e, read, 8);
  point("half cleared");
  zero_ring(e, read + 8, padded(length) - 8);
  point("cleared");
  __atomic_store_n(&m->read_offset, read + padded(length), __ATOMIC_RELEASE);
  point("advanced");
  e->blocked = FALSE;
  return length;
}

static int64_t try_dequeue(endpoint_t *e, void *payload, int64_t room) {
  queue_memory_t *m = e->memory;
  int64_t owner = __atomic_load_n(&m->read_lock_owner, __ATOMIC_SEQ_CST);
  if (owner != 0) {
    /* No pace: a test looks at how many owners there are, not at what it costs. */
    if (!proven_dead(owner)) return -1;
    if (!__atomic_compare_exchange_n(&m->read_lock_owner, &owner, e->id, FALSE, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
      return -1;
    }
    point("took over");
    __atomic_store_n(&m->gate, 0, __ATOMIC_SEQ_CST);
    int64_t own = e->id;
    __atomic_compare_exchange_n(&m->read_lock_owner, &own, 0, FALSE, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
  }
  if (__atomic_load_n(&m->read_offset, __ATOMIC_SEQ_CST) ==
      __atomic_load_n(&m->write_offset, __ATOMIC_SEQ_CST)) {
    return -1;
  }
  owner = 0;
  if (!__atomic_compare_exchange_n(&m->read_lock_owner, &owner, e->id, FALSE, __ATOMIC_SEQ_CST,
                                   __ATOMIC_SEQ_CST)) {
    return -1;
  }
  point("locked");
  int64_t length = take(e, payload, room);
  int64_t own = e->id;
  if (!__atomic_compare_exchange_n(&m->read_lock_owner, &own, 0, FALSE, __ATOMIC_SEQ_CST,
                                   __ATOMIC_SEQ_CST)) {
    fail("releasing the lock");
  }
  return length;
}

static int64_t dequeue(endpoint_t *e, void *payload, int64_t room) {
  BOOL permit = FALSE;
  int64_t length;
  while ((length = try_dequeue(e, payload, room)) < 0) {
    DWORD got = WaitForSingleObject(e->semaphore, 5);
    if (got == WAIT_FAILED) fail("waiting for the semaphore");
    if (got != WAIT_OBJECT_0) continue;
    point("permit");
    __atomic_store_n(&e->memory->notification_pending, 0, __ATOMIC_SEQ_CST);
    permit = TRUE;
  }
  if (permit && __atomic_load_n(&e->memory->read_offset, __ATOMIC_SEQ_CST) !=
                    __atomic_load_n(&e->memory->write_offset, __ATOMIC_SEQ_CST)) {
    notify(e);
  }
  return length;
}

/* ---- messages of the tests: see shared_queue_messages.ts ---- */

static uint32_t mix(uint32_t writer, uint32_t number) {
  uint32_t x = writer * 0x9e3779b1u ^ number * 0x85ebca77u;
  x ^= x >> 15;
  x *= 0x2c1b3c6du;
  return x ^ x >> 12;
}

static int32_t make_message(uint8_t *message, uint32_t writer, uint32_t number, uint32_t max) {
  uint32_t hash = mix(writer, number), length = hash % (max + 1);
  memcpy(message, &writer, 4);
  memcpy(message + 4, &number, 4);
  for (uint32_t i = 0; i < length; i++) message[8 + i] = (uint8_t)(hash + i * 7);
  return (int32_t)(8 + length);
}

static BOOL check_message(const uint8_t *message, int64_t length, uint32_t *writer,
                          uint32_t *number) {
  if (length < 8) return FALSE;
  memcpy(writer, message, 4);
  memcpy(number, message + 4, 4);
  uint32_t hash = mix(*writer, *number);
  for (int64_t i = 8; i < length; i++) {
    if (message[i] != (uint8_t)(hash + (i - 8) * 7)) return FALSE;
  }
  return TRUE;
}

/* ---- commands ---- */

static void *new_message(void) {
  void *message = malloc((size_t)queue_capacity + 16);
  if (message == NULL) fail("malloc");
  return message;
}

static void send_messages(uint32_t writer, uint64_t count, uint32_t max) {
  endpoint_t e;
  open_queue(&e);
  become_publisher(&e);
  uint8_t *message = new_message();
  for (uint64_t number = 1; number <= count; number++) {
    int32_t length = make_message(message, writer, (uint32_t)number, max);
    for (int tries = 0; !enqueue(&e, message, length); tries++) {
      if (tries > 100) Sleep(0);
    }
    if (number == 1) {
      printf("sending\n");
      fflush(stdout);
    }
  }
  close_queue(&e);
  free(message);
}

static void receive(void) {
  endpoint_t e;
  open_queue(&e);
  become_participant(&e);
  uint8_t *message = new_message();
  uint32_t last[256] = {0}, count = 0, sum = 0, exclusive = 0;
  for (;;) {
    uint32_t writer, number;
    int64_t length = dequeue(&e, message, queue_capacity);
    if (!check_message(message, length, &writer, &number)) {
      printf("broken message\n");
      ExitProcess(5);
    }
    if (writer == STOP_WRITER) break;
    if (writer > 255 || number <= last[writer]) {
      printf("message %u of writer %u came after %u\n", number, writer, last[writer]);
      ExitProcess(5);
    }
    last[writer] = number;
    count++;
    sum += mix(writer, number);
    exclusive ^= mix(writer + 1, number);
  }
  printf("received %u %u %u\n", count, sum, exclusive);
  fflush(stdout);
  close_queue(&e);
  free(message);
}

static void consume(void) {
  endpoint_t e;
  char name[300];
  open_queue(&e);
  become_participant(&e);
  snprintf(name, sizeof name, "%s-seen", queue_name);
  HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, name);
  if (mapping == NULL) fail("opening what was seen");
  uint32_t *seen = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 8);
  if (seen == NULL) fail("mapping what was seen");
  uint8_t *message = new_message();
  printf("consuming\n");
  fflush(stdout);
  for (;;) {
    uint32_t writer, number;
    int64_t length = dequeue(&e, message, queue_capacity);
    if (!check_message(message, length, &writer, &number) || number <= seen[0]) {
      printf("message %u came after %u\n", number, seen[0]);
      ExitProcess(5);
    }
    __atomic_store_n(&seen[0], number, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&seen[1], 1, __ATOMIC_SEQ_CST);
  }
}

static void print_message(const uint8_t *message, int64_t length) {
  printf("message ");
  for (int64_t i = 0; i < length; i++) printf("%02x", message[i]);
  printf("%s\n", length == 0 ? "-" : "");
}

static void drain(int limit) {
  endpoint_t e;
  open_queue(&e);
  become_participant(&e);
  uint8_t *message = new_message();
  for (int i = 0; i < limit; i++) {
    int64_t length = try_dequeue(&e, message, queue_capacity);
    if (length < 0) break;
    print_message(message, length);
  }
  close_queue(&e);
  free(message);
}

static void wait_for_one(void) {
  endpoint_t e;
  open_queue(&e);
  become_participant(&e);
  uint8_t *message = new_message();
  printf("waiting\n");
  fflush(stdout);
  print_message(message, dequeue(&e, message, queue_capacity));
  close_queue(&e);
  free(message);
}

static void put(int count, char **messages) {
  endpoint_t e;
  open_queue(&e);
  become_publisher(&e);
  uint8_t *message = new_message();
  for (int i = 0; i < count; i++) {
    const char *hex = messages[i];
    int32_t length = 0;
    unsigned byte;
    if (hex[0] != '-') {
      while (sscanf(hex + 2 * length, "%2x", &byte) == 1) message[length++] = (uint8_t)byte;
    }
    printf("%s\n", enqueue(&e, message, length) ? "in" : "full");
  }
  close_queue(&e);
  free(message);
}

static void times(int count, int32_t size) {
  endpoint_t writer, reader;
  open_queue(&writer);
  become_publisher(&writer);
  open_queue(&reader);
  become_participant(&reader);
  uint8_t *message = new_message();
  memset(message, 1, (size_t)size);
  LARGE_INTEGER frequency, start, end;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&start);
  for (int i = 0; i < count; i++) {
    if (!enqueue(&writer, message, size) || try_dequeue(&reader, message, size) != size) fail("times");
  }
  QueryPerformanceCounter(&end);
  printf("%.1f\n", (double)(end.QuadPart - start.QuadPart) * 1e9 / (double)frequency.QuadPart / count);
}

static void source(int count, int32_t size) {
  endpoint_t e;
  open_queue(&e);
  become_publisher(&e);
  uint8_t *message = new_message();
  memset(message, 1, (size_t)size);
  for (int i = 0; i < count; i++) {
    for (int tries = 0; !enqueue(&e, message, size); tries++) {
      if (tries > 100) Sleep(0);
    }
  }
  close_queue(&e);
  free(message);
}

static void sink(int count) {
  endpoint_t e;
  open_queue(&e);
  become_participant(&e);
  uint8_t *message = new_message();
  LARGE_INTEGER frequency, start, end;
  QueryPerformanceFrequency(&frequency);
  printf("ready\n");
  fflush(stdout);
  dequeue(&e, message, queue_capacity);
  QueryPerformanceCounter(&start);
  for (int i = 1; i < count; i++) dequeue(&e, message, queue_capacity);
  QueryPerformanceCounter(&end);
  printf("%.1f\n", (double)(end.QuadPart - start.QuadPart) * 1e9 / (double)frequency.QuadPart / (count - 1));
  close_queue(&e);
  free(message);
}

static void stat(void) {
  endpoint_t e;
  open_queue(&e);
  printf("%lld %lld %lld %d %d %lld %d\n", (long long)e.memory->read_offset,
         (long long)e.memory->write_offset, (long long)e.memory->read_lock_owner,
         e.memory->notification_pending, e.memory->last_participant_id,
         (long long)e.memory->capacity, e.memory->gate);
}

static void join(void) {
  endpoint_t e;
  char line[16];
  open_queue(&e);
  become_publisher(&e);
  printf("joined as %lld\n", (long long)e.id);
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) ExitProcess(4);
  close_queue(&e);
}

static int argument_count;
static char **arguments;

static DWORD WINAPI run(LPVOID number) {
  const char *command = arguments[0];
  int count = argument_count - 1;
  char **args = arguments + 1;
  if (strcmp(command, "send") == 0 && count == 3) {
    send_messages((uint32_t)atoi(args[0]) + (uint32_t)(intptr_t)number, (uint64_t)atoll(args[1]),
         (uint32_t)atoi(args[2]));
  } else if (strcmp(command, "flood") == 0 && count == 2) {
    send_messages((uint32_t)atoi(args[0]), UINT32_MAX, (uint32_t)atoi(args[1]));
  } else if (strcmp(command, "receive") == 0 && count == 0) {
    receive();
  } else if (strcmp(command, "consume") == 0 && count == 0) {
    consume();
  } else if (strcmp(command, "drain") == 0 && count == 1) {
    drain(atoi(args[0]));
  } else if (strcmp(command, "wait") == 0 && count == 0) {
    wait_for_one();
  } else if (strcmp(command, "put") == 0) {
    put(count, args);
  } else if (strcmp(command, "times") == 0 && count == 2) {
    times(atoi(args[0]), atoi(args[1]));
  } else if (strcmp(command, "source") == 0 && count == 2) {
    source(atoi(args[0]), atoi(args[1]));
  } else if (strcmp(command, "sink") == 0 && count == 1) {
    sink(atoi(args[0]));
  } else if (strcmp(command, "stat") == 0 && count == 0) {
    stat();
  } else if (strcmp(command, "join") == 0 && count == 0) {
    join();
  } else if (strcmp(command, "lease") == 0 && count == 1) {
    printf("%d\n", !proven_dead(atoll(args[0])));
  } else {
    fprintf(stderr, "Unknown command: %s\n", command);
    ExitProcess(1);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 4) return 1;
  queue_name = argv[1];
  queue_capacity = atoll(argv[2]);
  int threads = 1;
  int next = 3;
  for (; next + 2 < argc && argv[next][0] == '-'; next += 2) {
    if (strcmp(argv[next], "-at") == 0) stop_at = argv[next + 1];
    else if (strcmp(argv[next], "-observe") == 0) observation = strtoull(argv[next + 1], NULL, 10);
    else if (strcmp(argv[next], "-threads") == 0) threads = atoi(argv[next + 1]);
    else return 1;
  }
  argument_count = argc - next;
  arguments = argv + next;
  HANDLE running[16];
  if (threads < 1 || threads > 16) return 1;
  for (int i = 1; i < threads; i++) {
    running[i] = CreateThread(NULL, 0, run, (LPVOID)(intptr_t)i, 0, NULL);
    if (running[i] == NULL) fail("CreateThread");
  }
  run(NULL);
  for (int i = 1; i < threads; i++) WaitForSingleObject(running[i], INFINITE);
  return 0;
}
