/* The clipboard as C programs use it.
 *
 *     clipboard_peer formats             prints the names of all formats, one a line
 *     clipboard_peer read FORMAT         prints the data of a format in hexadecimal, or "absent"
 *     clipboard_peer write (FORMAT HEX)...   writes formats, without a window
 *     clipboard_peer promise [DELAY]     promises CF_UNICODETEXT and "winipc-promised", and says "promised"; says "render" and
 *                                        the format when it is asked, and makes it after DELAY ms; ends with its standard
 *                                        input, and then makes what is still promised
 *     clipboard_peer hold                opens the clipboard, says "holding", and closes it when a line comes
 *     clipboard_peer add FORMAT HEX      adds a format to what is there
 *     clipboard_peer listen              says "listening", and "update" for each change that Windows tells
 *
 * FORMAT is the number of a standard format, or a name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static UINT promised_format;
static DWORD render_delay;

static int fail(const char *what) {
  fprintf(stderr, "%s failed: %lu\n", what, GetLastError());
  return 1;
}

static void say(const char *text) {
  puts(text);
  fflush(stdout);
}

static UINT format_of(const char *name) {
  UINT number = (UINT)strtoul(name, NULL, 10);
  return number != 0 ? number : RegisterClipboardFormatA(name);
}

/* Others may have it open for a moment. */
static BOOL open_clipboard(HWND window) {
  for (int i = 0; i < 500; i++) {
    if (OpenClipboard(window)) return TRUE;
    Sleep(10);
  }
  return FALSE;
}

static HGLOBAL global_of(const void *bytes, size_t size) {
  HGLOBAL global = GlobalAlloc(GMEM_MOVEABLE, size);
  memcpy(GlobalLock(global), bytes, size);
  GlobalUnlock(global);
  return global;
}

static HGLOBAL global_of_hex(const char *hex) {
  size_t size = strlen(hex) / 2;
  unsigned char *bytes = malloc(size + 1);
  for (size_t i = 0; i < size; i++) {
    char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
    bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
  }
  HGLOBAL global = global_of(bytes, size);
  free(bytes);
  return global;
}

static int print_formats(void) {
  if (!open_clipboard(NULL)) return fail("OpenClipboard");
  for (UINT format = 0; (format = EnumClipboardFormats(format)) != 0;) {
    char name[256];
    if (GetClipboardFormatNameA(format, name, sizeof name) > 0) printf("%s\n", name);
    else printf("%u\n", format);
  }
  CloseClipboard();
  return 0;
}

static int print_data(const char *format) {
  if (!open_clipboard(NULL)) return fail("OpenClipboard");
  HANDLE handle = GetClipboardData(format_of(format));
  if (handle == NULL) {
    say("absent");
  } else {
    const unsigned char *bytes = GlobalLock(handle);
    for (size_t i = 0; i < GlobalSize(handle); i++) printf("%02x", bytes[i]);
    say("");
    GlobalUnlock(handle);
  }
  CloseClipboard();
  return 0;
}

static int write_data(BOOL empty, int count, char **args) {
  if (!open_clipboard(NULL)) return fail("OpenClipboard");
  if (empty && !EmptyClipboard()) return fail("EmptyClipboard");
  for (int i = 0; i + 1 < count; i += 2) {
    HGLOBAL global = global_of_hex(args[i + 1]);
    if (SetClipboardData(format_of(args[i]), global) == NULL) return fail("SetClipboardData");
  }
  if (!CloseClipboard()) return fail("CloseClipboard");
  return 0;
}

static void render(UINT format) {
  static const WCHAR text[] = L"promised \x2713";
  Sleep(render_delay);
  HGLOBAL global = format == CF_UNICODETEXT ? global_of(text, sizeof text)
                                            : global_of("made on demand", 14);
  if (SetClipboardData(format, global) == NULL) fail("SetClipboardData");
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  switch (message) {
  case WM_RENDERFORMAT:
    printf("render %u\n", wparam == promised_format ? 0 : (UINT)wparam);
    fflush(stdout);
    render((UINT)wparam);
    return 0;
  case WM_RENDERALLFORMATS:
    if (!open_clipboard(window)) return 0;
    if (GetClipboardOwner() == window) {
      render(CF_UNICODETEXT);
      render(promised_format);
    }
    CloseClipboard();
    say("rendered all");
    return 0;
  case WM_DESTROYCLIPBOARD:
    say("replaced");
    return 0;
  case WM_CLIPBOARDUPDATE:
    say("update");
    return 0;
  case WM_CLOSE:
    DestroyWindow(window);
    return 0;
  case WM_DESTROY:
    PostQuitMessage(0);
    return 0;
  default:
    return DefWindowProcW(window, message, wparam, lparam);
  }
}

static HWND make_window(void) {
  WNDCLASSW window_class = {.lpfnWndProc = procedure,
                            .hInstance = GetModuleHandleW(NULL),
                            .lpszClassName = L"winipc-clipboard-peer"};
  RegisterClassW(&window_class);
  return CreateWindowExW(0, window_class.lpszClassName, L"peer", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                         window_class.hInstance, NULL);
}

/* Waits for the end of the standard input, or a line of it. */
static DWORD WINAPI wait_for_input(void *window) {
  char line[100];
  fgets(line, sizeof line, stdin);
  PostMessageW(window, WM_CLOSE, 0, 0);
  return 0;
}

static int run_window(HWND window) {
  MSG message;
  CloseHandle(CreateThread(NULL, 0, wait_for_input, window, 0, NULL));
  while (GetMessageW(&message, NULL, 0, 0) > 0) DispatchMessageW(&message);
  return 0;
}

static int promise(DWORD delay) {
  HWND window = make_window();
  render_delay = delay;
  promised_format = RegisterClipboardFormatW(L"winipc-promised");
  if (!open_clipboard(window)) return fail("OpenClipboard");
  EmptyClipboard();
  SetClipboardData(CF_UNICODETEXT, NULL);
  SetClipboardData(promised_format, NULL);
  CloseClipboard();
  say("promised");
  return run_window(window);
}

static int hold(void) {
  char line[100];
  if (!open_clipboard(make_window())) return fail("OpenClipboard");
  say("holding");
  fgets(line, sizeof line, stdin);
  CloseClipboard();
  return 0;
}

static int listen_to_updates(void) {
  HWND window = make_window();
  if (!AddClipboardFormatListener(window)) return fail("AddClipboardFormatListener");
  say("listening");
  return run_window(window);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "formats") == 0) return print_formats();
  if (strcmp(what, "read") == 0 && argc == 3) return print_data(argv[2]);
  if (strcmp(what, "write") == 0) return write_data(TRUE, argc - 2, argv + 2);
  if (strcmp(what, "add") == 0) return write_data(FALSE, argc - 2, argv + 2);
  if (strcmp(what, "promise") == 0) return promise(argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
  if (strcmp(what, "hold") == 0) return hold();
  if (strcmp(what, "listen") == 0) return listen_to_updates();
  fprintf(stderr, "unknown command\n");
  return 2;
}
