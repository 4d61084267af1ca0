/*
 * Windows of a C program, and a C program that sends to windows: what programs on Windows do
 * without winipc.
 *
 *   receive CLASS TITLE message-only|top-level   shows what comes, until WM_CLOSE
 *   copy CLASS COUNT SIZE SENDER                 sends COUNT data of SIZE bytes, the first 4 of which count
 *   fuzz CLASS COUNT SEED                        sends data of random sizes, and compares the answers
 *   post CLASS COUNT                             posts COUNT messages WM_APP
 *   time CLASS COUNT                             prints the microseconds of a WM_COPYDATA of 64 bytes
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <shellapi.h>

static UINT registered;

static uint32_t checksum(const unsigned char *bytes, size_t size) {
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < size; i++) sum = (sum ^ bytes[i]) * 16777619u;
  return sum & 0x7fffffff;
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wParam, LPARAM lParam) {
  if (message == WM_COPYDATA) {
    const COPYDATASTRUCT *data = (const COPYDATASTRUCT *)lParam;
    uint32_t sum = checksum(data->lpData, data->cbData);
    printf("data %llu size %lu sum %u from %llu\n", (unsigned long long)data->dwData,
           (unsigned long)data->cbData, sum, (unsigned long long)wParam);
    fflush(stdout);
    return (LRESULT)sum;
  }
  if (message == WM_SETTINGCHANGE && lParam != 0) {
    printf("setting %ls\n", (const wchar_t *)lParam);
    fflush(stdout);
    return 5;
  }
  if (message == registered) return (LRESULT)(wParam + 1000);
  switch (message) {
  case WM_APP:
    return (LRESULT)(wParam * 2);
  case WM_APP + 1: /* does not answer for wParam milliseconds */
    printf("sleeping\n");
    fflush(stdout);
    Sleep((DWORD)wParam);
    return 1;
  case WM_APP + 2: /* is destroyed while it handles a message */
    DestroyWindow(window);
    Sleep((DWORD)wParam);
    return 2;
  case WM_APP + 3: /* sends to the sender before it answers */
    return SendMessageW((HWND)wParam, WM_APP, (WPARAM)lParam, 0) + 1;
  case WM_APP + 4:
    printf("posted %llu %lld\n", (unsigned long long)wParam, (long long)lParam);
    fflush(stdout);
    return 0;
  case WM_DESTROY:
    PostQuitMessage(0);
    return 0;
  }
  return DefWindowProcW(window, message, wParam, lParam);
}

static int receive(const wchar_t *class_name, const wchar_t *title, BOOL top_level) {
  WNDCLASSW window_class = {0};
  window_class.lpfnWndProc = procedure;
  window_class.lpszClassName = class_name;
  window_class.hInstance = GetModuleHandleW(NULL);
  registered = RegisterWindowMessageW(L"winipc.test.Add1000");
  if (!RegisterClassW(&window_class)) return 3;
  HWND window = CreateWindowExW(0, class_name, title, WS_POPUP, 0, 0, 0, 0,
                                top_level ? NULL : HWND_MESSAGE, NULL, NULL, NULL);
  if (window == NULL) return 4;
  printf("window %llu\n", (unsigned long long)(uintptr_t)window);
  fflush(stdout);
  MSG message;
  while (GetMessageW(&message, NULL, 0, 0) > 0) {
    if (message.hwnd == NULL) {
      printf("thread message %u %llu\n", message.message, (unsigned long long)message.wParam);
      fflush(stdout);
    }
    DispatchMessageW(&message);
  }
  return 0;
}

static HWND find(const wchar_t *class_name) {
  for (int i = 0; i < 2000; i++) {
    HWND window = FindWindowExW(HWND_MESSAGE, NULL, class_name, NULL);
    if (window == NULL) window = FindWindowExW(NULL, NULL, class_name, NULL);
    if (window != NULL) return window;
    Sleep(5);
  }
  fprintf(stderr, "no window\n");
  exit(5);
}

static LRESULT send_data(HWND window, ULONG_PTR tag, void *bytes, DWORD size) {
  COPYDATASTRUCT data = {tag, size, bytes};
  return SendMessageW(window, WM_COPYDATA, 0, (LPARAM)&data);
}

static int copy(HWND window, int count, DWORD size, ULONG_PTR sender) {
  unsigned char *bytes = calloc(1, size);
  int taken = 0;
  for (int i = 0; i < count; i++) {
    memcpy(bytes, &i, sizeof i);
    taken += send_data(window, sender, bytes, size) != 0;
  }
  printf("taken %d\n", taken);
  return 0;
}

static uint32_t state;
static uint32_t next_random(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

static int fuzz(HWND window, int count, uint32_t seed) {
  static unsigned char bytes[300000];
  state = seed;
  int wrong = 0;
  for (int i = 0; i < count; i++) {
    DWORD size = next_random() % 4 == 0   ? 0
                 : next_random() % 4 == 0 ? next_random() % sizeof bytes
                                          : next_random() % 3000;
    for (DWORD at = 0; at < size && at < 3000; at++) bytes[at] = (unsigned char)next_random();
    void *pointer = size == 0 && next_random() % 2 ? NULL : bytes;
    HWND sender = (HWND)(uintptr_t)(next_random() % 3 == 0 ? next_random() : 0);
    COPYDATASTRUCT data = {next_random(), size, pointer};
    LRESULT answer = SendMessageW(window, WM_COPYDATA, (WPARAM)sender, (LPARAM)&data);
    if (answer != (LRESULT)checksum(bytes, size)) wrong++;
    /* A number that is no pointer must not be followed. */
    if (SendMessageW(window, WM_USER + 7, next_random(), (LPARAM)0xdeadbeef12345678) != 7) wrong++;
  }
  printf("wrong %d\n", wrong);
  return 0;
}

static int post(HWND window, int count) {
  for (int i = 0; i < count; i++) {
    while (!PostMessageW(window, WM_APP, (WPARAM)i, -1)) Sleep(1);
  }
  printf("posted %d\n", count);
  return 0;
}

static int measure(HWND window, int count) {
  unsigned char bytes[64] = {0};
  LARGE_INTEGER frequency, start, end;
  QueryPerformanceFrequency(&frequency);
  for (int i = 0; i < count / 10; i++) send_data(window, 1, bytes, sizeof bytes);
  QueryPerformanceCounter(&start);
  for (int i = 0; i < count; i++) send_data(window, 1, bytes, sizeof bytes);
  QueryPerformanceCounter(&end);
  printf("microseconds %.1f\n",
         1e6 * (double)(end.QuadPart - start.QuadPart) / (double)frequency.QuadPart / count);
  return 0;
}

int main(void) {
  int argc;
  wchar_t **argv = CommandLineToArgvW(GetCommandLineW(), &argc);
  if (argc < 4) return 2;
  if (wcscmp(argv[1], L"receive") == 0 && argc == 5) {
    return receive(argv[2], argv[3], wcscmp(argv[4], L"top-level") == 0);
  }
  HWND window = find(argv[2]);
  int count = _wtoi(argv[3]);
  if (wcscmp(argv[1], L"copy") == 0 && argc == 6) {
    return copy(window, count, (DWORD)_wtoi(argv[4]), (ULONG_PTR)_wtoi(argv[5]));
  }
  if (wcscmp(argv[1], L"fuzz") == 0 && argc == 5) return fuzz(window, count, (uint32_t)_wtoi(argv[4]));
  if (wcscmp(argv[1], L"post") == 0) return post(window, count);
  if (wcscmp(argv[1], L"time") == 0) return measure(window, count);
  return 2;
}
