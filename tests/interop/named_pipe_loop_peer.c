/*
 * A client as the Windows documentation writes it ("Named Pipe Client"): it opens the pipe, waits for an
 * instance while all are busy, and takes any other failure for the end.
 *
 *     named_pipe_loop_peer PATH COUNT
 *
 * It asks COUNT times, each time on a connection of its own, and reads each answer to its end.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void fail(const char *call, int turn) {
  printf("%s failed in turn %d: %lu\n", call, turn, GetLastError());
  exit(1);
}

static HANDLE connect_pipe(const char *path, int turn) {
  for (;;) {
    HANDLE pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe != INVALID_HANDLE_VALUE) return pipe;
    if (GetLastError() != ERROR_PIPE_BUSY) fail("CreateFile", turn);
    if (!WaitNamedPipeA(path, 30000)) fail("WaitNamedPipe", turn);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[2]);
  for (int turn = 0; turn < count; turn++) {
    HANDLE pipe = connect_pipe(argv[1], turn);
    DWORD moved;
    if (!WriteFile(pipe, "hello", 5, &moved, NULL)) fail("WriteFile", turn);
    char answer[64];
    DWORD length = 0;
    while (length < sizeof answer &&
           ReadFile(pipe, answer + length, sizeof answer - length, &moved, NULL) && moved > 0)
      length += moved;
    if (length != 7 || memcmp(answer, "hello, ", 7) != 0) fail("The answer", turn);
    CloseHandle(pipe);
  }
  printf("served %d\n", count);
  return 0;
}
