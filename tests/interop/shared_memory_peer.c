/*
 * The other side of shared_memory_test.ts: a program that knows nothing of winipc.
 *
 * shared_memory_peer create NAME    makes memory with two readings, prints "ready", and on the next line of its standard input
 *                                   checks what the other side has made of them
 * shared_memory_peer open NAME      checks the readings in memory that exists, and writes others
 * shared_memory_peer reserve NAME   makes memory of 16 MiB of which one page in the middle is committed
 * shared_memory_peer write NAME     overwrites a record under a sequence lock until its standard input ends
 * shared_memory_peer read NAME N    reads that record N times, and counts those that are half-written
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <shellapi.h>

struct reading {
  char name[13];
  int8_t level;
  double values[3];
  int64_t stamp;
  uint16_t flags;
  wchar_t label[6];
  BOOL valid;
};

/* A record whose words are all the same, but for a write that is under way. */
#define WORDS 1024
struct record {
  volatile LONG sequence;
  LONG unused;
  volatile uint32_t words[WORDS];
};

static void fail(const char *what) {
  printf("%s failed with error %lu\n", what, GetLastError());
  exit(1);
}

static void expect(int condition, const char *what) {
  if (condition) return;
  printf("not as expected: %s\n", what);
  exit(1);
}

static void *map(HANDLE section) {
  void *view = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
  if (view == NULL) fail("MapViewOfFile");
  return view;
}

static void *open_memory(const wchar_t *name) {
  HANDLE section = OpenFileMappingW(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, name);
  if (section == NULL) fail("OpenFileMappingW");
  return map(section);
}

static void say(const char *line) {
  puts(line);
  fflush(stdout);
}

static void wait_for_line(void) {
  char line[16];
  if (fgets(line, sizeof line, stdin) == NULL) exit(1);
}

static void create(const wchar_t *name) {
  HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                      2 * sizeof(struct reading), name);
  if (section == NULL) fail("CreateFileMappingW");
  struct reading *readings = map(section);
  struct reading first = {
      .name = "thermometer1",
      .level = -5,
      .values = {1.5, -2.25, 1e300},
      .stamp = INT64_MIN + 1,
      .flags = 0xbeef,
      .label = L"\x6771\x4eac-1",
      .valid = TRUE,
  };
  readings[0] = first;
  readings[1] = first;
  strcpy(readings[1].name, "b");
  readings[1].valid = FALSE;
  say("ready");
  wait_for_line();
  expect(strcmp(readings[0].name, "Z\xc3\xbcrich") == 0, "the first name");
  expect(readings[0].level == 127, "the first level");
  expect(readings[0].values[2] == 0.1, "the first values");
  expect(readings[0].stamp == INT64_MAX, "the first stamp");
  expect(wcscmp(readings[0].label, L"\x0394t") == 0, "the first label");
  expect(readings[0].flags == 0xbeef && readings[0].valid == TRUE, "what the other side left");
  expect(memcmp(&readings[1].level, &first.level, offsetof(struct reading, valid) -
                offsetof(struct reading, level)) == 0, "the second");
}

static void open_and_answer(const wchar_t *name) {
  struct reading *readings = open_memory(name);
  expect(strcmp(readings[0].name, "barometer") == 0, "the first name");
  expect(readings[0].values[1] == -0.5, "the first values");
  expect(readings[1].stamp == -1, "the second stamp");
  expect(wcscmp(readings[1].label, L"\xd83d\xde00") == 0, "the second label");
  expect(readings[1].valid == TRUE, "the second flag");
  readings[0].level = 99;
  strcpy(readings[1].name, "from C");
  readings[1].values[0] = 6.5;
}

static void reserve(const wchar_t *name) {
  HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | SEC_RESERVE, 0,
                                      16 << 20, name);
  if (section == NULL) fail("CreateFileMappingW");
  char *view = map(section);
  if (VirtualAlloc(view + (8 << 20), 4096, MEM_COMMIT, PAGE_READWRITE) == NULL) fail("VirtualAlloc");
  view[8 << 20] = 77;
  say("ready");
  wait_for_line();
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(view, &info, sizeof info) == 0) fail("VirtualQuery");
  if (info.State == MEM_COMMIT) printf("first %d\n", view[0]);
  else say("not committed");
}

static DWORD WINAPI end_with_input(void *unused) {
  (void)unused;
  while (getchar() != EOF) continue;
  exit(0);
}

static void write_records(const wchar_t *name) {
  struct record *record = open_memory(name);
  if (CreateThread(NULL, 0, end_with_input, NULL, 0, NULL) == NULL) fail("CreateThread");
  say("writing");
  for (uint32_t value = 1;; value++) {
    InterlockedIncrement(&record->sequence);
    for (int word = 0; word < WORDS; word++) record->words[word] = value;
    InterlockedIncrement(&record->sequence);
    /* As long a gap as a reader needs. */
    for (int pause = 0; pause < 200; pause++) YieldProcessor();
  }
}

static void read_records(const wchar_t *name, int reads) {
  struct record *record = open_memory(name);
  uint32_t copy[WORDS];
  int torn = 0, different = 0;
  say("reading");
  for (int count = 0; count < reads || different < 100;) {
    LONG before = record->sequence;
    if (before & 1) {
      SwitchToThread();
      continue;
    }
    MemoryBarrier();
    uint32_t last = copy[0];
    for (int word = 0; word < WORDS; word++) copy[word] = record->words[word];
    MemoryBarrier();
    if (record->sequence != before) continue;
    for (int word = 1; word < WORDS; word++) {
      if (copy[word] != copy[0]) {
        torn++;
        break;
      }
    }
    if (count++ > 0 && copy[0] != last) different++;
    else if (count % 500 == 0) Sleep(0);
  }
  printf("torn %d\n", torn);
}

int main(void) {
  int count;
  /* The names are Unicode, and main() has its arguments in the code page of the system. */
  wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
  if (arguments == NULL || count < 3) return 2;
  const wchar_t *command = arguments[1], *name = arguments[2];
  if (wcscmp(command, L"create") == 0) create(name);
  else if (wcscmp(command, L"open") == 0) open_and_answer(name);
  else if (wcscmp(command, L"reserve") == 0) reserve(name);
  else if (wcscmp(command, L"write") == 0) write_records(name);
  else if (wcscmp(command, L"read") == 0 && count == 4) read_records(name, _wtoi(arguments[3]));
  else return 2;
  return 0;
}
