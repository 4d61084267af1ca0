/* Writes and reads 4 KiB of text, again and again. Prints how often in a second.
 *
 *     clipboard COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { UNITS = 2048, WARM_UP = 50 };

static WCHAR text[UNITS + 1], found[UNITS + 1];

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

static void write_and_read(HWND window) {
  HGLOBAL global = GlobalAlloc(GMEM_MOVEABLE, sizeof text);
  memcpy(GlobalLock(global), text, sizeof text);
  GlobalUnlock(global);
  if (!OpenClipboard(window)) fail("OpenClipboard");
  if (!EmptyClipboard()) fail("EmptyClipboard");
  if (SetClipboardData(CF_UNICODETEXT, global) == NULL) fail("SetClipboardData");
  if (!CloseClipboard()) fail("CloseClipboard");

  if (!OpenClipboard(window)) fail("OpenClipboard");
  HANDLE data = GetClipboardData(CF_UNICODETEXT);
  if (data == NULL) fail("GetClipboardData");
  memcpy(found, GlobalLock(data), sizeof found);
  GlobalUnlock(data);
  if (!CloseClipboard()) fail("CloseClipboard");
  if (memcmp(text, found, sizeof text) != 0) fail("Reading the same");
}

int main(int argc, char **argv) {
  const long count = argc == 2 ? atol(argv[1]) : 0;
  HWND window = CreateWindowExW(0, L"STATIC", L"bench", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
  if (window == NULL || count <= 0) fail("Beginning");
  for (int i = 0; i < UNITS; i++) text[i] = 'x';
  for (int i = 0; i < WARM_UP; i++) write_and_read(window);
  const double start = seconds();
  for (long i = 0; i < count; i++) write_and_read(window);
  printf("%.3f\n", count / (seconds() - start));
  return 0;
}
