import { lazyLibrary } from "./library.ts";

/**
 * The functions of user32.dll that winipc calls, each under its C declaration. A name ending in
 * `Nonblocking` runs the same function on another thread, after which GetLastError is meaningless.
 */
export const user32 = lazyLibrary("user32.dll", {
  // ---- classes and windows ----
  // ATOM RegisterClassExW(const WNDCLASSEXW *lpwcx)
  RegisterClassExW: { parameters: ["buffer"], result: "u16" },
  // BOOL UnregisterClassW(LPCWSTR lpClassName, HINSTANCE hInstance)
  UnregisterClassW: { parameters: ["buffer", "pointer"], result: "i32" },
  // HWND CreateWindowExW(DWORD dwExStyle, LPCWSTR lpClassName, LPCWSTR lpWindowName, DWORD dwStyle, int X, int Y,
  //   int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance, LPVOID lpParam)
  CreateWindowExW: {
    parameters: [
      "u32",
      "buffer",
      "buffer",
      "u32",
      "i32",
      "i32",
      "i32",
      "i32",
      "pointer",
      "pointer",
      "pointer",
      "pointer",
    ],
    result: "pointer",
  },
  // BOOL DestroyWindow(HWND hWnd)
  DestroyWindow: { parameters: ["pointer"], result: "i32" },
  // LONG_PTR SetWindowLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
  SetWindowLongPtrW: { parameters: ["pointer", "i32", "isize"], result: "isize" },
  // LRESULT DefWindowProcW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
  DefWindowProcW: { parameters: ["pointer", "u32", "usize", "isize"], result: "isize" },

  // ---- the message loop ----
  // BOOL GetMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax)
  GetMessageW: { parameters: ["buffer", "pointer", "u32", "u32"], result: "i32" },
  // BOOL PeekMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg)
  PeekMessageW: { parameters: ["buffer", "pointer", "u32", "u32", "u32"], result: "i32" },
  // LRESULT DispatchMessageW(const MSG *lpMsg)
  DispatchMessageW: { parameters: ["buffer"], result: "isize" },
  // DWORD MsgWaitForMultipleObjectsEx(DWORD nCount, const HANDLE *pHandles, DWORD dwMilliseconds, DWORD dwWakeMask,
  //   DWORD dwFlags)
  MsgWaitForMultipleObjectsEx: {
    parameters: ["u32", "buffer", "u32", "u32", "u32"],
    result: "u32",
  },

  // ---- sending ----
  // BOOL PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
  PostMessageW: { parameters: ["pointer", "u32", "usize", "isize"], result: "i32" },
});

// Constants, by their names in the Windows headers. Unsigned values, as the functions take them.

// winuser.h: windows
export const GWLP_WNDPROC = -4;
export const WS_POPUP = 0x80000000;
export const WS_EX_TOOLWINDOW = 0x80;

// winuser.h: messages
export const WM_NCDESTROY = 0x82;
export const WM_APP = 0x8000;

// winuser.h: the message loop
export const PM_REMOVE = 0x1;
export const QS_POSTMESSAGE = 0x8;
export const QS_SENDMESSAGE = 0x40;
