import { assertLess } from "@std/assert";
import { lastWin32Error, ntStatusError } from "../../src/core/error/windows_error.ts";
import { kernel32 } from "../../src/win32/kernel32.ts";
import { lazyLibrary } from "../../src/win32/library.ts";

/** How many handles this process has open. */
export function handleCount(): number {
  const count = new Uint32Array(1);
  if (kernel32().GetProcessHandleCount(kernel32().GetCurrentProcess(), count) === 0) {
    throw lastWin32Error({ operation: "GetProcessHandleCount", doing: "Cannot count the handles" });
  }
  // Wine answers 0, which no process has.
  return count[0] === 0 ? countInSystemList() : count[0];
}

/**
 * Does `work` many times and fails if the process then has more handles open. Deno's own threads come
 * and go with theirs meanwhile, so a leak is a growth that goes with the number of turns, and one turn
 * cannot show it.
 */
export async function assertLeaksNoHandle(
  work: () => void | Promise<void>,
  turns = 200,
): Promise<void> {
  // What is made once and kept, such as a loaded library, is no leak.
  await work();
  const before = handleCount();
  for (let turn = 0; turn < turns; turn++) await work();
  const growth = handleCount() - before;
  assertLess(growth, turns / 4, `${turns} turns left ${growth} handles open`);
}

const systemInformation = lazyLibrary("ntdll.dll", {
  // NTSTATUS NtQuerySystemInformation(SYSTEM_INFORMATION_CLASS SystemInformationClass, PVOID SystemInformation,
  //   ULONG SystemInformationLength, PULONG ReturnLength)
  NtQuerySystemInformation: { parameters: ["u32", "buffer", "u32", "buffer"], result: "i32" },
});

const SYSTEM_EXTENDED_HANDLE_INFORMATION = 64;
const STATUS_INFO_LENGTH_MISMATCH = 0xc0000004 | 0;
// SYSTEM_HANDLE_INFORMATION_EX: two words, then entries of 40 bytes with the process id as their second word.
const LIST_HEADER_SIZE = 16;
const LIST_ENTRY_SIZE = 40;
const ENTRY_PROCESS_ID_AT = 8;

/** Counts this process's handles among all of the system; thousands on Wine, but hundreds of thousands on Windows. */
function countInSystemList(): number {
  const { NtQuerySystemInformation } = systemInformation();
  for (let size = 1 << 16; size <= 1 << 26; size *= 2) {
    const list = new DataView(new ArrayBuffer(size));
    const status = NtQuerySystemInformation(SYSTEM_EXTENDED_HANDLE_INFORMATION, list, size, null);
    if (status === STATUS_INFO_LENGTH_MISMATCH) continue;
    if (status < 0) {
      throw ntStatusError(status, {
        operation: "NtQuerySystemInformation",
        doing: "Cannot count the handles",
      });
    }
    let count = 0;
    const end = LIST_HEADER_SIZE + LIST_ENTRY_SIZE * Number(list.getBigUint64(0, true));
    for (let entry = LIST_HEADER_SIZE; entry < end; entry += LIST_ENTRY_SIZE) {
      if (list.getBigUint64(entry + ENTRY_PROCESS_ID_AT, true) === BigInt(Deno.pid)) count++;
    }
    return count;
  }
  throw new Error("The system's list of handles does not fit into 64 MiB");
}
