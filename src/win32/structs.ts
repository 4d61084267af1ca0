// Layouts of native structs that src/core reads and writes by offset, with the names of the Windows
// headers. tests/abi compares them with a C compiler. A mechanism declares its own structs with
// `defineStruct()`.

/** Size and place of one field, in bytes. */
type Field = { readonly offset: number; readonly size: number };

/** A struct: its size and alignment in bytes, and its fields. */
type Layout = {
  readonly size: number;
  readonly align: number;
  readonly fields: Readonly<Record<string, Field>>;
};

/** "IO_STATUS_BLOCK structure (wdm.h)", with the `Status` of its union. */
export const IO_STATUS_BLOCK = {
  size: 16,
  align: 8,
  fields: { Status: { offset: 0, size: 4 }, Information: { offset: 8, size: 8 } },
} as const satisfies Layout;

/** "OVERLAPPED_ENTRY structure (minwinbase.h)". */
export const OVERLAPPED_ENTRY = {
  size: 32,
  align: 8,
  fields: {
    lpCompletionKey: { offset: 0, size: 8 },
    lpOverlapped: { offset: 8, size: 8 },
    Internal: { offset: 16, size: 8 },
    dwNumberOfBytesTransferred: { offset: 24, size: 4 },
  },
} as const satisfies Layout;

/** "UNICODE_STRING structure (ntdef.h)"; both lengths are in bytes, without the NUL. */
export const UNICODE_STRING = {
  size: 16,
  align: 8,
  fields: {
    Length: { offset: 0, size: 2 },
    MaximumLength: { offset: 2, size: 2 },
    Buffer: { offset: 8, size: 8 },
  },
} as const satisfies Layout;

/** "OBJECT_ATTRIBUTES structure (ntdef.h)". `Length` is the size of the struct. */
export const OBJECT_ATTRIBUTES = {
  size: 48,
  align: 8,
  fields: {
    Length: { offset: 0, size: 4 },
    RootDirectory: { offset: 8, size: 8 },
    ObjectName: { offset: 16, size: 8 },
    Attributes: { offset: 24, size: 4 },
    SecurityDescriptor: { offset: 32, size: 8 },
    SecurityQualityOfService: { offset: 40, size: 8 },
  },
} as const satisfies Layout;

/** "SECURITY_QUALITY_OF_SERVICE structure (winnt.h)". `Length` is the size of the struct. */
export const SECURITY_QUALITY_OF_SERVICE = {
  size: 12,
  align: 4,
  fields: {
    Length: { offset: 0, size: 4 },
    ImpersonationLevel: { offset: 4, size: 4 },
    ContextTrackingMode: { offset: 8, size: 1 },
    EffectiveOnly: { offset: 9, size: 1 },
  },
} as const satisfies Layout;

/**
 * TP_CALLBACK_ENVIRON_V3 of winnt.h: which pool and cleanup group a wait belongs to
 * ("SetThreadpoolCallbackPool function"). `u` are the flags, `Size` is the size of the struct.
 */
export const TP_CALLBACK_ENVIRON_V3 = {
  size: 72,
  align: 8,
  fields: {
    Version: { offset: 0, size: 4 },
    Pool: { offset: 8, size: 8 },
    CleanupGroup: { offset: 16, size: 8 },
    CleanupGroupCancelCallback: { offset: 24, size: 8 },
    RaceDll: { offset: 32, size: 8 },
    ActivationContext: { offset: 40, size: 8 },
    FinalizationCallback: { offset: 48, size: 8 },
    u: { offset: 56, size: 4 },
    CallbackPriority: { offset: 60, size: 4 },
    Size: { offset: 64, size: 4 },
  },
} as const satisfies Layout;

/** "MSG structure (winuser.h)"; `pt` is the place of the mouse. */
export const MSG = {
  size: 48,
  align: 8,
  fields: {
    hwnd: { offset: 0, size: 8 },
    message: { offset: 8, size: 4 },
    wParam: { offset: 16, size: 8 },
    lParam: { offset: 24, size: 8 },
    time: { offset: 32, size: 4 },
    pt: { offset: 36, size: 8 },
  },
} as const satisfies Layout;

/** "WNDCLASSEXW structure (winuser.h)". `cbSize` is the size of the struct. */
export const WNDCLASSEXW = {
  size: 80,
  align: 8,
  fields: {
    cbSize: { offset: 0, size: 4 },
    style: { offset: 4, size: 4 },
    lpfnWndProc: { offset: 8, size: 8 },
    cbClsExtra: { offset: 16, size: 4 },
    cbWndExtra: { offset: 20, size: 4 },
    hInstance: { offset: 24, size: 8 },
    hIcon: { offset: 32, size: 8 },
    hCursor: { offset: 40, size: 8 },
    hbrBackground: { offset: 48, size: 8 },
    lpszMenuName: { offset: 56, size: 8 },
    lpszClassName: { offset: 64, size: 8 },
    hIconSm: { offset: 72, size: 8 },
  },
} as const satisfies Layout;

/** "COPYDATASTRUCT structure (winuser.h)": `lpData` points to `cbData` bytes. */
export const COPYDATASTRUCT = {
  size: 24,
  align: 8,
  fields: {
    dwData: { offset: 0, size: 8 },
    cbData: { offset: 8, size: 4 },
    lpData: { offset: 16, size: 8 },
  },
} as const satisfies Layout;
