/* Waits of the thread pool in C: prints microseconds for each of PENDING waits on events, from when it is set to when its
 * callback has run, with all of them pending at once; as often as makes TOTAL waits.
 *
 *     waits PENDING TOTAL
 */
/* CreateThreadpoolWait is of Windows Vista. */
#define _WIN32_WINNT 0x0600
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static LONG left;
static HANDLE all_settled;

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

static void CALLBACK settled(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait, TP_WAIT_RESULT result) {
  (void)instance, (void)context, (void)wait, (void)result;
  if (InterlockedDecrement(&left) == 0) SetEvent(all_settled);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: waits PENDING TOTAL\n");
    return 2;
  }
  const int pending = atoi(argv[1]), turns = (atoi(argv[2]) + pending - 1) / pending;
  HANDLE *events = calloc(pending, sizeof *events);
  PTP_WAIT *waits = calloc(pending, sizeof *waits);
  all_settled = CreateEventA(NULL, FALSE, FALSE, NULL);
  for (int i = 0; i < pending; i++) {
    if (!(events[i] = CreateEventA(NULL, FALSE, FALSE, NULL))) fail("CreateEvent");
    if (!(waits[i] = CreateThreadpoolWait(settled, NULL, NULL))) fail("CreateThreadpoolWait");
  }
  double start = 0;
  /* The first turn starts the pool's threads, and is not counted. */
  for (int turn = -1; turn < turns; turn++) {
    if (turn == 0) start = seconds();
    left = pending;
    for (int i = 0; i < pending; i++) SetThreadpoolWait(waits[i], events[i], NULL);
    for (int i = 0; i < pending; i++) SetEvent(events[i]);
    WaitForSingleObject(all_settled, INFINITE);
  }
  printf("%.3f\n", (seconds() - start) * 1e6 / ((double)turns * pending));
  return 0;
}
