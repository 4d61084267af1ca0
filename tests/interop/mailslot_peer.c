/* The other side of mailslots, as C programs use them.
 *
 *     mailslot_peer serve NAME MAXIMUM    creates the mailslot, says "ready", reads until the message "quit"
 *     mailslot_peer send NAME TEXT...     sends each text as a message
 *     mailslot_peer read HANDLE           reads one message by an inherited handle
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const DWORD LOOK_MS = 10;

static int fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  return 1;
}

/* Looks now and then, reads what waits, and asks how much is left after each message. */
static int serve(const char *name, DWORD maximum) {
  HANDLE mailslot = CreateMailslotA(name, maximum, MAILSLOT_WAIT_FOREVER, NULL);
  if (mailslot == INVALID_HANDLE_VALUE) return fail("CreateMailslot");
  puts("ready");
  fflush(stdout);
  for (;;) {
    DWORD next, count, read;
    if (!GetMailslotInfo(mailslot, NULL, &next, &count, NULL)) return fail("GetMailslotInfo");
    if (next == MAILSLOT_NO_MESSAGE) {
      Sleep(LOOK_MS);
      continue;
    }
    while (count > 0) {
      char *message = malloc(next + 1);
      if (!ReadFile(mailslot, message, next, &read, NULL)) return fail("ReadFile");
      message[read] = 0;
      if (!GetMailslotInfo(mailslot, NULL, &next, &count, NULL)) return fail("GetMailslotInfo");
      printf("%lu %s\n", read, read > 60 ? "..." : message);
      fflush(stdout);
      if (strcmp(message, "quit") == 0) return 0;
      free(message);
    }
  }
}

static int send_all(const char *name, int count, char **texts) {
  HANDLE file = CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                            FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return fail("CreateFile");
  for (int i = 0; i < count; i++) {
    DWORD written;
    if (!WriteFile(file, texts[i], strlen(texts[i]), &written, NULL)) return fail("WriteFile");
  }
  CloseHandle(file);
  return 0;
}

static int read_inherited(HANDLE mailslot) {
  char message[1000];
  DWORD read;
  OVERLAPPED overlapped = {0};
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  if (!ReadFile(mailslot, message, sizeof message - 1, NULL, &overlapped) &&
      GetLastError() != ERROR_IO_PENDING)
    return fail("ReadFile");
  if (!GetOverlappedResult(mailslot, &overlapped, &read, TRUE)) return fail("GetOverlappedResult");
  message[read] = 0;
  printf("%lu %s\n", read, message);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "serve") == 0) return serve(argv[2], atoi(argv[3]));
  if (argc >= 4 && strcmp(argv[1], "send") == 0) return send_all(argv[2], argc - 3, argv + 3);
  if (argc == 3 && strcmp(argv[1], "read") == 0)
    return read_inherited((HANDLE)(ULONG_PTR)strtoull(argv[2], NULL, 10));
  fprintf(stderr, "usage: mailslot_peer serve|send|read ...\n");
  return 2;
}
