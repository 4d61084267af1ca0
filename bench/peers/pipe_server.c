/* An asynchronous server in C, with a completion port and one thread, as the others have: echoes to every client until it is ended.
 *
 *     pipe_server PATH [BUFFER]     with a buffer of so many bytes for each client
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* As in bench/programs/pipe_async.ts. */
enum { BLOCK = 64 * 1024, BACKLOG = 32 };

typedef enum { CONNECTING, READING, WRITING } State;

typedef struct {
  OVERLAPPED overlapped;
  HANDLE pipe;
  State state;
  char data[];
} Client;

static HANDLE port;
static DWORD size = BLOCK;

static void fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  exit(1);
}

static void listen_on(const char *path) {
  Client *client = calloc(1, sizeof *client + size);
  if (!client) fail("calloc");
  client->pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, PIPE_UNLIMITED_INSTANCES,
                                  BLOCK, BLOCK, 0, NULL);
  if (client->pipe == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
  CreateIoCompletionPort(client->pipe, port, (ULONG_PTR)client, 0);
  if (ConnectNamedPipe(client->pipe, &client->overlapped) || GetLastError() == ERROR_IO_PENDING) return;
  if (GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
  PostQueuedCompletionStatus(port, 0, (ULONG_PTR)client, &client->overlapped);
}

/* What completes at once queues a completion too, so there is one place for what comes next. */
static BOOL proceed(Client *client, DWORD count) {
  memset(&client->overlapped, 0, sizeof client->overlapped);
  if (client->state == READING) {
    client->state = WRITING;
    return WriteFile(client->pipe, client->data, count, NULL, &client->overlapped) ||
           GetLastError() == ERROR_IO_PENDING;
  }
  client->state = READING;
  return ReadFile(client->pipe, client->data, size, NULL, &client->overlapped) || GetLastError() == ERROR_IO_PENDING;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) {
    fprintf(stderr, "usage: pipe_server PATH [BUFFER]\n");
    return 2;
  }
  if (argc == 3) size = strtoul(argv[2], NULL, 10);
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  for (int i = 0; i < BACKLOG; i++) listen_on(argv[1]);
  puts("ready");
  fflush(stdout);
  for (;;) {
    DWORD count;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;
    BOOL good = GetQueuedCompletionStatus(port, &count, &key, &overlapped, INFINITE);
    if (!overlapped) fail("GetQueuedCompletionStatus");
    Client *client = (Client *)key;
    if (client->state == CONNECTING) listen_on(argv[1]);
    if (good && proceed(client, count)) continue;
    CloseHandle(client->pipe);
    free(client);
  }
}
