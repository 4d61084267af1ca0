/* A client of the server in C: it sends the same messages. */

#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  HWND window = FindWindowA(argv[1], NULL);
  if (window == NULL) return 3;
  for (int i = 1; i <= 3; i++) {
    LRESULT product = SendMessageW(window, WM_APP, (WPARAM)i, 1000);
    printf("%d times 1000 is %lld\n", i, (long long)product);
    if (product != 1000LL * i) return 4;
  }
  wchar_t text[] = L"Hello from C";
  COPYDATASTRUCT data = {0, sizeof text, text};
  LRESULT length = SendMessageW(window, WM_COPYDATA, 0, (LPARAM)&data);
  printf("the text has %lld characters\n", (long long)length);
  return length == (LRESULT)wcslen(text) ? 0 : 5;
}
