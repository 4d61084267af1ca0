/* Copies into shared memory in C: prints megabytes a second in copies of SIZE bytes.
 *
 *     copy SIZE COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* As in bench/programs/shared_memory.ts: larger than the caches of today's processors. */
enum { REGION = 128 << 20 };

static double seconds(void) {
  LARGE_INTEGER frequency, count;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&count);
  return (double)count.QuadPart / (double)frequency.QuadPart;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: copy SIZE COUNT\n");
    return 2;
  }
  const size_t size = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10);
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, REGION, NULL);
  char *target = section ? MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0) : NULL;
  char *block = malloc(size);
  if (!target || !block) {
    fprintf(stderr, "no memory: %lu\n", GetLastError());
    return 1;
  }
  memset(block, 1, size);
  /* A page that is touched for the first time costs more than the copy. */
  memset(target, 0, REGION);
  const double start = seconds();
  for (size_t i = 0, at = 0; i < count; i++, at = at + 2 * size > REGION ? 0 : at + size) {
    memcpy(target + at, block, size);
    /* So that the compiler leaves no copy out. */
    __asm__ volatile("" : : "r"(target) : "memory");
  }
  printf("%.3f\n", (double)size * count / (seconds() - start) / 1e6);
  return 0;
}
