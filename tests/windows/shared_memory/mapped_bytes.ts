import { MEMORY_BASIC_INFORMATION } from "../../../src/shared_memory/pages.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";

const MEM_MAPPED = 0x40000;

/** How many bytes of views of sections this process has, of all of its address space. */
export function mappedBytes(): number {
  const info = MEMORY_BASIC_INFORMATION.create();
  let mapped = 0n;
  let address = 0x10000n;
  while (true) {
    const pointer = Deno.UnsafePointer.create(address);
    if (kernel32().VirtualQuery(pointer, info.bytes, BigInt(info.bytes.length)) === 0n) break;
    const { BaseAddress, RegionSize, Type } = MEMORY_BASIC_INFORMATION.read(info.bytes);
    if (Type === MEM_MAPPED) mapped += RegionSize;
    address = BaseAddress + RegionSize;
  }
  return Number(mapped);
}
