/* The mailslot measurements in C. Each prints messages of 64 bytes a second, between two processes.
 *
 *     mailslot messages COUNT      the reader waits for each message
 *     mailslot backlog COUNT       all have been sent when the reader begins
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { MESSAGE = 64, WARM_UP = 500 };

static char buffer[MESSAGE];

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

/* Starts this program again as the writer. */
static HANDLE start_writer(const char *name, long count) {
  char program[MAX_PATH], command[2 * MAX_PATH + 64];
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(command, sizeof command, "\"%s\" send %s %ld", program, name, count);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
    fail("CreateProcess");
  }
  return process.hProcess;
}

static void receive(HANDLE mailslot) {
  DWORD count;
  if (!ReadFile(mailslot, buffer, MESSAGE, &count, NULL) || count != MESSAGE) fail("ReadFile");
}

static void measure(long count, BOOL backlog) {
  char name[64];
  snprintf(name, sizeof name, "\\\\.\\mailslot\\winipc-bench-c-%lu", GetCurrentProcessId());
  HANDLE mailslot = CreateMailslotA(name, MESSAGE, MAILSLOT_WAIT_FOREVER, NULL);
  if (mailslot == INVALID_HANDLE_VALUE) fail("CreateMailslot");
  HANDLE writer = start_writer(name, WARM_UP + count);
  if (backlog) WaitForSingleObject(writer, INFINITE);
  for (long i = 0; i < WARM_UP; i++) receive(mailslot);
  const double start = seconds();
  for (long i = 0; i < count; i++) receive(mailslot);
  printf("%.3f\n", count / (seconds() - start));
}

static void send_all(const char *name, long count) {
  HANDLE file = CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) fail("CreateFile");
  DWORD written;
  for (long i = 0; i < count; i++) {
    if (!WriteFile(file, buffer, MESSAGE, &written, NULL)) fail("WriteFile");
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "messages") == 0) measure(atol(argv[2]), FALSE);
  else if (argc == 3 && strcmp(argv[1], "backlog") == 0) measure(atol(argv[2]), TRUE);
  else if (argc == 4 && strcmp(argv[1], "send") == 0) send_all(argv[2], atol(argv[3]));
  else return 2;
  return 0;
}
