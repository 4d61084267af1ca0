import { lastWin32Error } from "../core/error/windows_error.ts";
import { MEM_COMMIT } from "../win32/kernel32.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { defineStruct, pointer, u16, u32, usize } from "../struct/mod.ts";

/** "SYSTEM_INFO structure (sysinfoapi.h)", without the obsolete dwOemId of its union. */
export const SYSTEM_INFO = defineStruct({
  wProcessorArchitecture: u16,
  wReserved: u16,
  dwPageSize: u32,
  lpMinimumApplicationAddress: pointer,
  lpMaximumApplicationAddress: pointer,
  dwActiveProcessorMask: usize,
  dwNumberOfProcessors: u32,
  dwProcessorType: u32,
  dwAllocationGranularity: u32,
  wProcessorLevel: u16,
  wProcessorRevision: u16,
});

/** "MEMORY_BASIC_INFORMATION structure (winnt.h)": what VirtualQuery says of a run of pages. */
export const MEMORY_BASIC_INFORMATION = defineStruct({
  BaseAddress: pointer,
  AllocationBase: pointer,
  AllocationProtect: u32,
  RegionSize: usize,
  State: u32,
  Protect: u32,
  Type: u32,
});

/** Sizes that Windows maps memory in, in bytes. */
export interface PageSizes {
  /** What addresses and offsets of views are multiples of: 64 KiB. */
  readonly granularity: number;
  /** What memory is committed and copied in: 4 KiB. */
  readonly page: number;
}

let sizes: PageSizes | undefined;

/** What this system has ("GetSystemInfo function"). */
export function pageSizes(): PageSizes {
  if (sizes === undefined) {
    const info = SYSTEM_INFO.create();
    kernel32().GetSystemInfo(info.bytes);
    sizes = { granularity: info.live.dwAllocationGranularity, page: info.live.dwPageSize };
  }
  return sizes;
}

/** Successive pages in the same state. */
interface PageRun {
  /** Where the view that the pages belong to starts. */
  readonly view: bigint;
  readonly size: number;
  readonly committed: boolean;
}

function pageRun(address: bigint): PageRun {
  const info = MEMORY_BASIC_INFORMATION.create();
  const pointer = Deno.UnsafePointer.create(address);
  if (kernel32().VirtualQuery(pointer, info.bytes, BigInt(info.bytes.length)) === 0n) {
    throw lastWin32Error({ operation: "VirtualQuery", doing: "Cannot look at mapped memory" });
  }
  const { AllocationBase, RegionSize, State } = MEMORY_BASIC_INFORMATION.read(info.bytes);
  return { view: AllocationBase, size: Number(RegionSize), committed: State === MEM_COMMIT };
}

/**
 * Whether all pages may be touched: reading or writing one that is reserved only is an access
 * violation.
 */
export function isCommitted(base: Deno.PointerObject, length: number): boolean {
  const start = Deno.UnsafePointer.value(base);
  for (let covered = 0; covered < length;) {
    const run = pageRun(start + BigInt(covered));
    if (!run.committed) return false;
    covered += run.size;
  }
  return true;
}

/** The length of the view that starts at `base`, in whole pages. */
export function viewLength(base: Deno.PointerObject): number {
  const start = Deno.UnsafePointer.value(base);
  let length = 0;
  // A view may be of several runs: of committed and reserved pages in turn.
  for (let run = pageRun(start); run.view === start; run = pageRun(start + BigInt(length))) {
    length += run.size;
  }
  return length;
}

/** How much of a view is looked through for written pages: 4,096 pages take about a millisecond. */
const LOOKED_THROUGH = 4096;

// PSAPI_WORKING_SET_EX_INFORMATION: PVOID VirtualAddress, then the block of flags, 8 bytes each.
const VALID = 1n << 0n;
const SHARED = 1n << 15n;

/**
 * Whether a page of a copy-on-write view was written since it was mapped, as far as is known: a
 * written page is present and no longer shared ("PSAPI_WORKING_SET_EX_BLOCK union"). Pages that
 * were paged out, and those behind the first 4,096, are not seen.
 */
export function hasWrittenPage(base: Deno.PointerObject, length: number): boolean {
  const { page } = pageSizes();
  const start = Deno.UnsafePointer.value(base);
  const count = Math.min(Math.ceil(length / page), LOOKED_THROUGH);
  const pages = new BigUint64Array(2 * count);
  for (let index = 0; index < count; index++) {
    pages[2 * index] = start + BigInt(index * page);
  }
  const bytes = new Uint8Array(pages.buffer);
  if (
    kernel32().K32QueryWorkingSetEx(kernel32().GetCurrentProcess(), bytes, bytes.length) === 0
  ) {
    throw lastWin32Error({ operation: "QueryWorkingSetEx", doing: "Cannot look at mapped memory" });
  }
  for (let index = 0; index < count; index++) {
    if ((pages[2 * index + 1] & (VALID | SHARED)) === VALID) return true;
  }
  return false;
}
