/* A blocking named pipe at every size of message, between two processes, by the protocol of bench/programs/sweep_driver.ts.
 * Prints what it measured as JSON.
 *
 *     sweep MILLISECONDS SIZE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* As in sweep_driver.ts. */
enum { ORDER = 64, WARM_UP_SMALL = 100, WARM_UP_LARGE = 5, SMALLEST_TIME = 8, LEAST = 8, MOST_SMALLEST = 20000, MOST = 4000, STREAM = 1 << 28 };
enum { END, ECHO, SINK };
/* Bytes of the pipe's buffers, as in bench/peers/pipe.c. */
enum { BUFFER = 64 * 1024 };

static HANDLE other;
static char *message;
static double *samples;

static void fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  exit(1);
}

static double milliseconds(void) {
  LARGE_INTEGER frequency, count;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&count);
  return (double)count.QuadPart * 1e3 / (double)frequency.QuadPart;
}

static void send_bytes(const void *bytes, DWORD size) {
  DWORD count;
  if (!WriteFile(other, bytes, size, &count, NULL) || count != size) fail("WriteFile");
}

static void receive_bytes(void *bytes, DWORD size) {
  for (DWORD done = 0, count; done < size; done += count) {
    if (!ReadFile(other, (char *)bytes + done, size - done, &count, NULL)) fail("ReadFile");
  }
}

static void send_order(uint32_t operation, uint32_t size, uint32_t count) {
  uint32_t order[ORDER / 4] = {operation, size, count};
  send_bytes(order, ORDER);
}

/* Each round trip becomes a sample, in nanoseconds; returns the milliseconds of all. */
static double echo(uint32_t size, uint32_t count) {
  double total = 0;
  send_order(ECHO, size, count);
  for (uint32_t i = 0; i < count; i++) {
    const double start = milliseconds();
    send_bytes(message, size);
    receive_bytes(message, size);
    const double time = milliseconds() - start;
    if (i < MOST_SMALLEST) samples[i] = time * 1e6;
    total += time;
  }
  return total;
}

/* The milliseconds until all has arrived. */
static double sink(uint32_t size, uint32_t count) {
  char answer[ORDER];
  send_order(SINK, size, count);
  const double start = milliseconds();
  for (uint32_t i = 0; i < count; i++) send_bytes(message, size);
  receive_bytes(answer, ORDER);
  return milliseconds() - start;
}

/* How often something can be done in a time (milliseconds): found by doing it, which is the warm-up, too. */
static uint32_t count_for(double time, uint32_t most, double (*batch)(uint32_t, uint32_t), uint32_t size) {
  for (uint32_t count = 1;; count *= 4) {
    const double taken = batch(size, count);
    if (taken > time / 4 || count * 4 > most) {
      const double fits = count * time / taken;
      const uint32_t bounded = fits > most ? most : (uint32_t)fits + 1;
      return bounded < LEAST ? LEAST : bounded;
    }
  }
}

static void measure(double time, int sizes, char **size_texts) {
  const uint32_t largest = atol(size_texts[sizes - 1]);
  message = calloc(1, largest);
  samples = calloc(MOST_SMALLEST, sizeof *samples);
  echo(atol(size_texts[0]), WARM_UP_SMALL);
  echo(largest, WARM_UP_LARGE);
  for (int i = 0; i < sizes; i++) {
    const uint32_t size = atol(size_texts[i]);
    const double echo_time = i == 0 ? time * SMALLEST_TIME : time;
    const uint32_t trips = count_for(echo_time, i == 0 ? MOST_SMALLEST : MOST, echo, size);
    echo(size, trips);
    printf("%s{\"size\":%u,\"samples\":[", i == 0 ? "[" : ",", size);
    for (uint32_t n = 0; n < trips; n++) printf("%s%.0f", n == 0 ? "" : ",", samples[n]);
    const uint32_t count = count_for(time, STREAM / size, sink, size);
    printf("],\"throughput\":%.3f}", (double)size * count / sink(size, count) / 1e3);
  }
  printf("]\n");
  send_order(END, 0, 0);
  FlushFileBuffers(other);
}

static void serve(const char *path) {
  uint32_t order[ORDER / 4];
  other = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  if (other == INVALID_HANDLE_VALUE) fail("CreateFile");
  for (;;) {
    receive_bytes(order, ORDER);
    if (order[0] == END) return;
    message = realloc(message, order[1]);
    for (uint32_t left = order[2]; left > 0; left--) {
      receive_bytes(message, order[1]);
      if (order[0] == ECHO) send_bytes(message, order[1]);
    }
    if (order[0] == SINK) send_bytes(order, ORDER);
  }
}

static void host(void) {
  char path[64], program[MAX_PATH], command[2 * MAX_PATH];
  snprintf(path, sizeof path, "\\\\.\\pipe\\winipc-sweep-c-%lu", GetCurrentProcessId());
  other = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, 0, 1, BUFFER, BUFFER, 0, NULL);
  if (other == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(command, sizeof command, "\"%s\" join %s", program, path);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) fail("CreateProcess");
  if (!ConnectNamedPipe(other, NULL) && GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "join")) {
    serve(argv[2]);
  } else if (argc > 2) {
    host();
    measure(atof(argv[1]), argc - 2, argv + 2);
  } else {
    fprintf(stderr, "usage: sweep MILLISECONDS SIZE...\n");
    return 2;
  }
  return 0;
}
