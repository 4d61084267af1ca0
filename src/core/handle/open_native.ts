import { FILE_SHARE_READ, FILE_SHARE_WRITE } from "../../win32/kernel32.ts";
import { FILE_OPEN, ntdll } from "../../win32/ntdll.ts";
import { IO_STATUS_BLOCK } from "../../win32/structs.ts";
import { type FailureContext, ntStatusError } from "../error/windows_error.ts";
import { objectAttributes, type ObjectAttributesOptions } from "./object_attributes.ts";
import { OwnedHandle } from "./owned_handle.ts";

/**
 * A native call that opens or creates a file: it fills the handle and the status block, and returns
 * an NTSTATUS.
 */
type OpeningCall = (handle: BigUint64Array, statusBlock: Uint8Array<ArrayBuffer>) => number;

/** What came of opening: the handle, or why there is none. */
export interface OpenResult {
  /** The NTSTATUS, unsigned; 0 with a handle. */
  readonly status: number;
  readonly handle: OwnedHandle | undefined;
}

/** Makes a native call that opens or creates a file. */
export function tryOpenNative(label: string, call: OpeningCall): OpenResult {
  const handle = new BigUint64Array(1);
  const status = call(handle, new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size)));
  return openResult(status, handle[0], label);
}

/** As `tryOpenNative`. @throws What the status means, if the call fails. */
export function openNative(label: string, context: FailureContext, call: OpeningCall): OwnedHandle {
  const { handle, status } = tryOpenNative(label, call);
  if (handle === undefined) throw ntStatusError(status | 0, context);
  return handle;
}

/** How an existing file is opened. */
export interface OpenFileOptions extends ObjectAttributesOptions {
  /** The rights that are asked for. */
  readonly access: number;
  /** Create options of NtCreateFile, such as FILE_NON_DIRECTORY_FILE. */
  readonly options: number;
}

/**
 * Opens an existing file by its name in the object manager, such as `\??\pipe\demo` ("NtCreateFile
 * function"). NtCreateFile and not CreateFileW, as it returns the status, and takes the name as it
 * is.
 */
export function openFileSync(name: string, label: string, options: OpenFileOptions): OpenResult {
  const attributes = objectAttributes(name, options);
  return tryOpenNative(
    label,
    (handle, statusBlock) =>
      ntdll().NtCreateFile(...openParameters(handle, statusBlock, attributes, options)),
  );
}

/** The parameters of NtCreateFile that open an existing file. */
export function openParameters(
  handle: BigUint64Array,
  statusBlock: Uint8Array<ArrayBuffer>,
  attributes: Uint8Array<ArrayBuffer>,
  { access, options }: OpenFileOptions,
) {
  const share = FILE_SHARE_READ | FILE_SHARE_WRITE;
  // deno-fmt-ignore -- one line, as the call's declaration has them
  return [handle, access >>> 0, attributes, statusBlock, null, 0, share, FILE_OPEN, options, null, 0] as const;
}

/** The result of a native call that has opened a file. */
export function openResult(status: number, handle: bigint, label: string): OpenResult {
  if (status !== 0) return { status: status >>> 0, handle: undefined };
  const pointer = Deno.UnsafePointer.create(handle) as Deno.PointerObject;
  return { status, handle: new OwnedHandle(pointer, label) };
}
