/* The anonymous-pipe measurement in C: prints megabytes a second in blocks of 64 KiB, blocking, two processes.
 *
 *     anonymous_pipe stream MEBIBYTES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { BLOCK = 64 * 1024 };

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

/* The child writes; the clock runs from the first byte to the last. */
static void stream(const char *amount) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE reader, writer;
  if (!CreatePipe(&reader, &writer, &inheritable, BLOCK)) fail("CreatePipe");
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  char program[MAX_PATH], command[2 * MAX_PATH + 64];
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(command, sizeof command, "\"%s\" write %llu %s", program,
           (unsigned long long)(ULONG_PTR)writer, amount);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
    fail("CreateProcess");
  }
  CloseHandle(writer);
  DWORD count;
  if (!ReadFile(reader, buffer, BLOCK, &count, NULL)) fail("ReadFile");
  long long total = 0;
  const double start = seconds();
  while (ReadFile(reader, buffer, BLOCK, &count, NULL)) total += count;
  printf("%.3f\n", (double)total / (seconds() - start) / 1e6);
}

static void write_blocks(HANDLE writer, long blocks) {
  DWORD count;
  for (long i = 0; i < blocks; i++) {
    if (!WriteFile(writer, buffer, BLOCK, &count, NULL)) fail("WriteFile");
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "stream") == 0) stream(argv[2]);
  else if (argc == 4 && strcmp(argv[1], "write") == 0)
    write_blocks((HANDLE)(ULONG_PTR)strtoull(argv[2], NULL, 10), atol(argv[3]) * (1024 * 1024 / BLOCK));
  else return 2;
  return 0;
}
