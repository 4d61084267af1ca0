import { ntdll } from "../../win32/ntdll.ts";
import { IO_STATUS_BLOCK } from "../../win32/structs.ts";
import { ntStatusError } from "../error/windows_error.ts";
import type { OwnedHandle } from "./owned_handle.ts";

/**
 * What the kernel tells of an open file, as 32-bit words ("NtQueryInformationFile function").
 *
 * @param informationClass A FILE_INFORMATION_CLASS.
 * @param size The size of its struct in bytes.
 * @throws What Windows says, if the handle is none of a file or has no right to be asked.
 */
export function queryFile(
  handle: OwnedHandle,
  informationClass: number,
  size: number,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(new ArrayBuffer(size));
  const statusBlock = new Uint8Array(new ArrayBuffer(IO_STATUS_BLOCK.size));
  const { NtQueryInformationFile } = ntdll();
  const status = NtQueryInformationFile(handle.value, statusBlock, words, size, informationClass);
  if (status >= 0) return words;
  throw ntStatusError(status, {
    operation: "NtQueryInformationFile",
    doing: `Cannot query the ${handle.label}`,
  });
}
