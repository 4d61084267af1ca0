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

  // HWND GetDesktopWindow(void)
  GetDesktopWindow: { parameters: [], result: "pointer" },
  // HWND FindWindowExW(HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow)
  FindWindowExW: { parameters: ["pointer", "pointer", "buffer", "buffer"], result: "pointer" },
  // BOOL IsWindow(HWND hWnd)
  IsWindow: { parameters: ["pointer"], result: "i32" },
  // BOOL IsWindowVisible(HWND hWnd)
  IsWindowVisible: { parameters: ["pointer"], result: "i32" },
  // BOOL IsHungAppWindow(HWND hwnd)
  IsHungAppWindow: { parameters: ["pointer"], result: "i32" },
  // int GetClassNameW(HWND hWnd, LPWSTR lpClassName, int nMaxCount)
  GetClassNameW: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  // int InternalGetWindowText(HWND hWnd, LPWSTR pString, int cchMaxCount)
  InternalGetWindowText: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  // DWORD GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId)
  GetWindowThreadProcessId: { parameters: ["pointer", "buffer"], result: "u32" },

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

  // DWORD InSendMessageEx(LPVOID lpReserved)
  InSendMessageEx: { parameters: ["pointer"], result: "u32" },

  // ---- sending ----
  // UINT RegisterWindowMessageW(LPCWSTR lpString)
  RegisterWindowMessageW: { parameters: ["buffer"], result: "u32" },
  // BOOL ChangeWindowMessageFilterEx(HWND hwnd, UINT message, DWORD action, PCHANGEFILTERSTRUCT pChangeFilterStruct)
  ChangeWindowMessageFilterEx: { parameters: ["pointer", "u32", "u32", "pointer"], result: "i32" },
  // LRESULT SendMessageTimeoutW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags, UINT uTimeout,
  //   PDWORD_PTR lpdwResult)
  SendMessageTimeoutWNonblocking: {
    name: "SendMessageTimeoutW",
    parameters: ["pointer", "u32", "usize", "isize", "u32", "u32", "pointer"],
    result: "isize",
    nonblocking: true,
  },
  // BOOL PostThreadMessageW(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
  PostThreadMessageW: { parameters: ["u32", "u32", "usize", "isize"], result: "i32" },
  // BOOL PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
  PostMessageW: { parameters: ["pointer", "u32", "usize", "isize"], result: "i32" },

  // ---- the clipboard: any thread ----
  // UINT RegisterClipboardFormatW(LPCWSTR lpszFormat)
  RegisterClipboardFormatW: { parameters: ["buffer"], result: "u32" },
  // int GetClipboardFormatNameW(UINT format, LPWSTR lpszFormatName, int cchMaxCount)
  GetClipboardFormatNameW: { parameters: ["u32", "buffer", "i32"], result: "i32" },
  // DWORD GetClipboardSequenceNumber(void)
  GetClipboardSequenceNumber: { parameters: [], result: "u32" },
  // BOOL GetUpdatedClipboardFormats(PUINT lpuiFormats, UINT cFormats, PUINT pcFormatsOut)
  GetUpdatedClipboardFormats: { parameters: ["buffer", "u32", "buffer"], result: "i32" },
  // HWND GetClipboardOwner(void)
  GetClipboardOwner: { parameters: [], result: "pointer" },
  // HWND GetOpenClipboardWindow(void)
  GetOpenClipboardWindow: { parameters: [], result: "pointer" },

  // ---- the clipboard: the thread that has it open ----
  // BOOL OpenClipboard(HWND hWndNewOwner)
  OpenClipboard: { parameters: ["pointer"], result: "i32" },
  // BOOL CloseClipboard(void)
  CloseClipboard: { parameters: [], result: "i32" },
  // BOOL EmptyClipboard(void)
  EmptyClipboard: { parameters: [], result: "i32" },
  // HANDLE GetClipboardData(UINT uFormat)
  GetClipboardData: { parameters: ["u32"], result: "pointer" },
  // HANDLE SetClipboardData(UINT uFormat, HANDLE hMem)
  SetClipboardData: { parameters: ["u32", "pointer"], result: "pointer" },
  // BOOL AddClipboardFormatListener(HWND hwnd)
  AddClipboardFormatListener: { parameters: ["pointer"], result: "i32" },
  // BOOL RemoveClipboardFormatListener(HWND hwnd)
  RemoveClipboardFormatListener: { parameters: ["pointer"], result: "i32" },

  // ---- window stations ----
  // HWINSTA GetProcessWindowStation(void)
  GetProcessWindowStation: { parameters: [], result: "pointer" },
  // BOOL GetUserObjectInformationW(HANDLE hObj, int nIndex, PVOID pvInfo, DWORD nLength, LPDWORD lpnLengthNeeded)
  GetUserObjectInformationW: {
    parameters: ["pointer", "i32", "buffer", "u32", "buffer"],
    result: "i32",
  },
});

// Constants, by their names in the Windows headers. Unsigned values, as the functions take them.

// winuser.h: windows
export const GWLP_WNDPROC = -4;
export const WS_POPUP = 0x80000000;
export const WS_EX_TOOLWINDOW = 0x80;

// winuser.h: messages
export const WM_CLOSE = 0x10;
export const WM_SETTINGCHANGE = 0x1a;
export const WM_COPYDATA = 0x4a;
export const WM_NCDESTROY = 0x82;
export const WM_POWERBROADCAST = 0x218;
export const WM_DEVICECHANGE = 0x219;
export const WM_USER = 0x400;
export const WM_APP = 0x8000;

// winuser.h: sending
export const SMTO_NORMAL = 0x0;
export const SMTO_ABORTIFHUNG = 0x2;
export const SMTO_ERRORONEXIT = 0x20;
export const ISMEX_SEND = 0x1;
export const ISMEX_NOTIFY = 0x2;
export const ISMEX_CALLBACK = 0x4;
export const MSGFLT_ALLOW = 1;

// winuser.h: the message loop
export const PM_REMOVE = 0x1;
export const QS_POSTMESSAGE = 0x8;
export const QS_SENDMESSAGE = 0x40;

// winuser.h: formats whose data is global memory
export const CF_TEXT = 1;
export const CF_SYLK = 4;
export const CF_DIF = 5;
export const CF_TIFF = 6;
export const CF_OEMTEXT = 7;
export const CF_DIB = 8;
export const CF_PENDATA = 10;
export const CF_RIFF = 11;
export const CF_WAVE = 12;
export const CF_UNICODETEXT = 13;
export const CF_HDROP = 15;
export const CF_LOCALE = 16;
export const CF_DIBV5 = 17;

// winuser.h: formats whose data is another kind of object, or that only their owner can show
export const CF_BITMAP = 2;
export const CF_METAFILEPICT = 3;
export const CF_PALETTE = 9;
export const CF_ENHMETAFILE = 14;
export const CF_OWNERDISPLAY = 0x80;
export const CF_DSPTEXT = 0x81;
export const CF_DSPBITMAP = 0x82;
export const CF_DSPMETAFILEPICT = 0x83;
export const CF_DSPENHMETAFILE = 0x8e;

// winuser.h: messages about the clipboard
export const WM_RENDERFORMAT = 0x305;
export const WM_RENDERALLFORMATS = 0x306;
export const WM_DESTROYCLIPBOARD = 0x307;
export const WM_CLIPBOARDUPDATE = 0x31d;

// winuser.h: window stations
export const UOI_FLAGS = 1;
export const WSF_VISIBLE = 1;
