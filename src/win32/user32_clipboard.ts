import { lazyLibrary } from "./library.ts";

/** The functions of user32.dll that the clipboard takes, each under its C declaration. */
export const clipboard32 = lazyLibrary("user32.dll", {
  // ---- any thread ----
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
  // DWORD GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId)
  GetWindowThreadProcessId: { parameters: ["pointer", "buffer"], result: "u32" },
  // HWINSTA GetProcessWindowStation(void)
  GetProcessWindowStation: { parameters: [], result: "pointer" },
  // BOOL GetUserObjectInformationW(HANDLE hObj, int nIndex, PVOID pvInfo, DWORD nLength, LPDWORD lpnLengthNeeded)
  GetUserObjectInformationW: {
    parameters: ["pointer", "i32", "buffer", "u32", "buffer"],
    result: "i32",
  },

  // ---- the thread that has the clipboard open ----
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
});

// Constants, by their names in the Windows headers.

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

// winuser.h: messages
export const WM_RENDERFORMAT = 0x305;
export const WM_RENDERALLFORMATS = 0x306;
export const WM_DESTROYCLIPBOARD = 0x307;
export const WM_CLIPBOARDUPDATE = 0x31d;

// winuser.h: window stations
export const UOI_FLAGS = 1;
export const WSF_VISIBLE = 1;
