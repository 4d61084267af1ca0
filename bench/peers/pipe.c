/* The named-pipe measurements in C. Each prints one number.
 *
 *     pipe round-trip COUNT           microseconds for 64 bytes there and back, blocking, two processes
 *     pipe stream MEBIBYTES           megabytes a second in writes of 64 KiB, blocking, two processes
 *     pipe load PATH CLIENTS ROUNDS   echoes a second that the server of PATH gives to so many clients at once
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { MESSAGE = 64, BLOCK = 64 * 1024, WARM_UP = 500 };

static char buffer[BLOCK];

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

static void read_fully(HANDLE pipe, DWORD length) {
  for (DWORD done = 0, count; done < length; done += count) {
    if (!ReadFile(pipe, buffer + done, length - done, &count, NULL)) fail("ReadFile");
  }
}

static void write_fully(HANDLE pipe, DWORD length) {
  DWORD count;
  if (!WriteFile(pipe, buffer, length, &count, NULL) || count != length) fail("WriteFile");
}

/* Starts this program again as the other side. */
static void start_peer(const char *role, const char *path, const char *amount) {
  char program[MAX_PATH], command[2 * MAX_PATH + 64];
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(command, sizeof command, "\"%s\" %s %s %s", program, role, path, amount);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
    fail("CreateProcess");
  }
}

static HANDLE serve(const char *role, const char *amount) {
  char path[64];
  snprintf(path, sizeof path, "\\\\.\\pipe\\winipc-bench-c-%lu", GetCurrentProcessId());
  HANDLE pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, 0, 1, BLOCK, BLOCK, 0, NULL);
  if (pipe == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
  start_peer(role, path, amount);
  if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
  return pipe;
}

static HANDLE join(const char *path) {
  HANDLE pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  if (pipe == INVALID_HANDLE_VALUE) fail("CreateFile");
  return pipe;
}

static void measure_round_trip(const char *amount) {
  const long count = atol(amount);
  HANDLE pipe = serve("echo", amount);
  double start = 0;
  for (long i = -WARM_UP; i < count; i++) {
    if (i == 0) start = seconds();
    write_fully(pipe, MESSAGE);
    read_fully(pipe, MESSAGE);
  }
  printf("%.3f\n", (seconds() - start) * 1e6 / count);
}

static void echo(const char *path, const char *amount) {
  HANDLE pipe = join(path);
  for (long i = -WARM_UP; i < atol(amount); i++) {
    read_fully(pipe, MESSAGE);
    write_fully(pipe, MESSAGE);
  }
}

static void measure_stream(const char *amount) {
  const long blocks = atol(amount) * (1024 * 1024 / BLOCK);
  HANDLE pipe = serve("sink", amount);
  const double start = seconds();
  for (long i = 0; i < blocks; i++) write_fully(pipe, BLOCK);
  read_fully(pipe, 1);
  printf("%.3f\n", (double)blocks * BLOCK / (seconds() - start) / 1e6);
}

static void sink(const char *path, const char *amount) {
  const long blocks = atol(amount) * (1024 * 1024 / BLOCK);
  HANDLE pipe = join(path);
  for (long i = 0; i < blocks; i++) read_fully(pipe, BLOCK);
  write_fully(pipe, 1);
  FlushFileBuffers(pipe);
}

/* A quarter of the clients: all of them have asked before the first answer is read. */
typedef struct {
  const char *path;
  int clients;
  long rounds;
  HANDLE connected, go;
} Group;

enum { GROUPS = 4 };

static DWORD WINAPI run_group(void *argument) {
  const Group *group = argument;
  HANDLE *pipes = calloc(group->clients, sizeof *pipes);
  for (int i = 0; i < group->clients; i++) {
    while ((pipes[i] = CreateFileA(group->path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL)) ==
           INVALID_HANDLE_VALUE) {
      if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(group->path, 20000)) fail("CreateFile");
    }
  }
  char data[MESSAGE] = {0};
  DWORD count;
  ReleaseSemaphore(group->connected, 1, NULL);
  WaitForSingleObject(group->go, INFINITE);
  for (long round = 0; round < group->rounds; round++) {
    for (int i = 0; i < group->clients; i++) {
      if (!WriteFile(pipes[i], data, MESSAGE, &count, NULL)) fail("WriteFile");
    }
    for (int i = 0; i < group->clients; i++) {
      for (DWORD done = 0; done < MESSAGE; done += count) {
        if (!ReadFile(pipes[i], data + done, MESSAGE - done, &count, NULL)) fail("ReadFile");
      }
    }
  }
  return 0;
}

/* Blocking calls from few threads cost this side least, so that the server is what is measured. */
static void load(const char *path, int clients, long rounds) {
  Group groups[GROUPS];
  HANDLE threads[GROUPS];
  HANDLE connected = CreateSemaphoreA(NULL, 0, GROUPS, NULL);
  HANDLE go = CreateEventA(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < GROUPS; i++) {
    const int share = clients / GROUPS + (i < clients % GROUPS);
    groups[i] = (Group){.path = path, .clients = share, .rounds = rounds, .connected = connected, .go = go};
    threads[i] = CreateThread(NULL, 0, run_group, &groups[i], 0, NULL);
    if (threads[i] == NULL) fail("CreateThread");
  }
  for (int i = 0; i < GROUPS; i++) WaitForSingleObject(connected, INFINITE);
  const double begin = seconds();
  SetEvent(go);
  WaitForMultipleObjects(GROUPS, threads, TRUE, INFINITE);
  printf("%.3f\n", (double)clients * rounds / (seconds() - begin));
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "round-trip")) measure_round_trip(argv[2]);
  else if (argc == 3 && !strcmp(argv[1], "stream")) measure_stream(argv[2]);
  else if (argc == 4 && !strcmp(argv[1], "echo")) echo(argv[2], argv[3]);
  else if (argc == 4 && !strcmp(argv[1], "sink")) sink(argv[2], argv[3]);
  else if (argc == 5 && !strcmp(argv[1], "load")) load(argv[2], atoi(argv[3]), atol(argv[4]));
  else {
    fprintf(stderr, "usage: pipe round-trip COUNT | stream MEBIBYTES | load PATH CLIENTS ROUNDS\n");
    return 2;
  }
  return 0;
}
