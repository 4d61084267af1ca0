// The Windows calls of the raw-FFI twins, with nothing of winipc around them.

/** HANDLE is `usize`: an opaque number. */
export const kernel32 = Deno.dlopen("kernel32.dll", {
  CreateNamedPipeW: {
    parameters: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "pointer"],
    result: "usize",
  },
  CreatePipe: { parameters: ["buffer", "buffer", "pointer", "u32"], result: "i32" },
  CreateMailslotW: { parameters: ["buffer", "u32", "u32", "pointer"], result: "usize" },
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "usize",
  },
  ReadFile: { parameters: ["usize", "buffer", "u32", "buffer", "pointer"], result: "i32" },
  WriteFile: { parameters: ["usize", "buffer", "u32", "buffer", "pointer"], result: "i32" },
  CloseHandle: { parameters: ["usize"], result: "i32" },
  BindIoCompletionCallback: { parameters: ["usize", "pointer", "u32"], result: "i32" },
  SetFileCompletionNotificationModes: { parameters: ["usize", "u8"], result: "i32" },
  CreateFileMappingW: {
    parameters: ["usize", "pointer", "u32", "u32", "u32", "buffer"],
    result: "usize",
  },
  MapViewOfFile: { parameters: ["usize", "u32", "u32", "u32", "usize"], result: "pointer" },
}).symbols;

export const ntdll = Deno.dlopen("ntdll.dll", {
  NtReadFile: {
    parameters: [
      "usize",
      "pointer",
      "pointer",
      "usize",
      "buffer",
      "buffer",
      "u32",
      "pointer",
      "pointer",
    ],
    result: "i32",
  },
  NtFsControlFile: {
    parameters: [
      "usize",
      "pointer",
      "pointer",
      "usize",
      "buffer",
      "u32",
      "pointer",
      "u32",
      "pointer",
      "u32",
    ],
    result: "i32",
  },
  NtWriteFile: {
    parameters: [
      "usize",
      "pointer",
      "pointer",
      "usize",
      "buffer",
      "buffer",
      "u32",
      "pointer",
      "pointer",
    ],
    result: "i32",
  },
}).symbols;

export const GENERIC_READ_AND_WRITE = 0xc000_0000;
export const GENERIC_WRITE = 0x4000_0000;
export const OPEN_EXISTING = 3;
export const FILE_SHARE_READ = 1;
export const INVALID_HANDLE = 0xffff_ffff_ffff_ffffn;

const moved = new Uint32Array(1);

/** NUL-terminated UTF-16. */
export function wide(text: string): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(`${text}\0`, (character) => character.charCodeAt(0));
}

/** One blocking read; gives the number of bytes, which is 0 at the end of a pipe. */
export function read(file: bigint, p: Uint8Array<ArrayBuffer>): number {
  return kernel32.ReadFile(file, p, p.byteLength, moved, null) === 0 ? 0 : moved[0];
}

/** One blocking write. */
export function write(file: bigint, p: Uint8Array<ArrayBuffer>): void {
  if (kernel32.WriteFile(file, p, p.byteLength, moved, null) === 0) {
    throw new Error("WriteFile failed");
  }
}

/** Memory that processes share by its name. */
export function mapMemory(name: string, size: number): ArrayBuffer {
  const PAGE_READWRITE = 4;
  const FILE_MAP_ALL_ACCESS = 0xf001f;
  const { CreateFileMappingW, MapViewOfFile } = kernel32;
  const section = CreateFileMappingW(INVALID_HANDLE, null, PAGE_READWRITE, 0, size, wide(name));
  const address = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0n);
  if (address === null) throw new Error("MapViewOfFile failed");
  return Deno.UnsafePointerView.getArrayBuffer(address, size);
}
