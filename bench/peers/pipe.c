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

typedef struct {
  OVERLAPPED overlapped;
  HANDLE pipe;
  char data[MESSAGE];
  long rounds;
} Client;

static void send_and_receive(Client *client) {
  DWORD count;
  OVERLAPPED written = {.hEvent = (HANDLE)((ULONG_PTR)CreateEventA(NULL, TRUE, FALSE, NULL) | 1)};
  /* An event with its lowest bit set: this write queues no completion. */
  if (!WriteFile(client->pipe, client->data, MESSAGE, NULL, &written) && GetLastError() != ERROR_IO_PENDING) {
    fail("WriteFile");
  }
  if (!GetOverlappedResult(client->pipe, &written, &count, TRUE)) fail("GetOverlappedResult");
  CloseHandle((HANDLE)((ULONG_PTR)written.hEvent & ~(ULONG_PTR)1));
  memset(&client->overlapped, 0, sizeof client->overlapped);
  if (!ReadFile(client->pipe, client->data, MESSAGE, NULL, &client->overlapped) &&
      GetLastError() != ERROR_IO_PENDING) {
    fail("ReadFile");
  }
}

static void load(const char *path, int clients, long rounds) {
  Client *all = calloc(clients, sizeof *all);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  for (int i = 0; i < clients; i++) {
    for (;;) {
      all[i].pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED, NULL);
      if (all[i].pipe != INVALID_HANDLE_VALUE) break;
      if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(path, 20000)) fail("CreateFile");
    }
    CreateIoCompletionPort(all[i].pipe, port, (ULONG_PTR)&all[i], 0);
  }
  const double start = seconds();
  for (int i = 0; i < clients; i++) send_and_receive(&all[i]);
  for (int done = 0; done < clients;) {
    DWORD count;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    if (!GetQueuedCompletionStatus(port, &count, &key, &overlapped, INFINITE)) fail("a client");
    Client *client = (Client *)key;
    if (++client->rounds < rounds) send_and_receive(client);
    else done++;
  }
  printf("%.3f\n", (double)clients * rounds / (seconds() - start));
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
