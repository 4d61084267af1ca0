import type { SharedMemoryAccess } from "../shared_memory/access.ts";
import type { SharedMemoryOpenOptions } from "../shared_memory/options.ts";
import { SharedMemory } from "../shared_memory/shared_memory.ts";

/** Opens the memory that has a name, if there is one. */
export function openIfThere<Access extends SharedMemoryAccess = "readWrite">(
  options: SharedMemoryOpenOptions<Access>,
): SharedMemory<Access> | undefined {
  try {
    return SharedMemory.open(options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
