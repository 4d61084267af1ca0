/* What an idle connection costs a server: prints kibibytes of private memory for each, seen from outside.
 *
 *     pipe_idle PATH CONNECTIONS
 */
/* So that the function is taken from kernel32.dll, and no library is needed for it. */
#define PSAPI_VERSION 2
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <psapi.h>

/* WARM_UP connections are made before memory is looked at: they bring the server's code and its heap into shape. */
enum { MESSAGE = 64, WARM_UP = 200 };

static void fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  exit(1);
}

/* A connection that has been used once. */
static HANDLE join(const char *path) {
  char message[MESSAGE] = {0};
  DWORD count;
  HANDLE pipe;
  for (;;) {
    pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe != INVALID_HANDLE_VALUE) break;
    if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(path, 20000)) fail("CreateFile");
  }
  if (!WriteFile(pipe, message, MESSAGE, &count, NULL)) fail("WriteFile");
  if (!ReadFile(pipe, message, MESSAGE, &count, NULL)) fail("ReadFile");
  return pipe;
}

static double private_kibibytes(HANDLE process) {
  PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
  if (!GetProcessMemoryInfo(process, &counters, sizeof counters)) fail("GetProcessMemoryInfo");
  /* The same as PrivateUsage ("PROCESS_MEMORY_COUNTERS_EX structure"), which Wine leaves at 0. */
  return (double)counters.PagefileUsage / 1024;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: pipe_idle PATH CONNECTIONS\n");
    return 2;
  }
  HANDLE pipe = join(argv[1]);
  ULONG id;
  if (!GetNamedPipeServerProcessId(pipe, &id)) fail("GetNamedPipeServerProcessId");
  HANDLE server = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, id);
  if (!server) fail("OpenProcess");
  for (int i = 0; i < WARM_UP; i++) join(argv[1]);
  const double before = private_kibibytes(server);
  const int connections = atoi(argv[2]);
  for (int i = 0; i < connections; i++) join(argv[1]);
  printf("%.3f\n", (private_kibibytes(server) - before) / connections);
  return 0;
}
