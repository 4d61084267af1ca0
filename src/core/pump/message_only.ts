/** HWND_MESSAGE, the parent of the windows that only get messages ("Message-Only Windows"). */
const HWND_MESSAGE_NUMBER = 0xffff_ffff_ffff_fffdn;

/** HWND_MESSAGE. Made on demand, as making a pointer needs the ffi permission. */
export function messageOnlyParent(): Deno.PointerValue {
  return Deno.UnsafePointer.create(HWND_MESSAGE_NUMBER);
}
