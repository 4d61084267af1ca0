/* A filter: capital letters from standard input to standard output, and in the end how many lines that were.
 *
 *     filter HANDLE        the count goes to the pipe with this inherited handle
 */
#include <ctype.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: filter HANDLE\n");
    return 2;
  }
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  unsigned long lines = 0;
  for (int c = getchar(); c != EOF; c = getchar()) {
    if (c == '\n') lines++;
    putchar(toupper(c));
  }
  char text[32];
  int length = snprintf(text, sizeof text, "%lu", lines);
  HANDLE report = (HANDLE)(ULONG_PTR)strtoull(argv[1], NULL, 10);
  DWORD written;
  if (!WriteFile(report, text, (DWORD)length, &written, NULL)) {
    fprintf(stderr, "WriteFile failed: %lu\n", GetLastError());
    return 1;
  }
  return 0;
}
