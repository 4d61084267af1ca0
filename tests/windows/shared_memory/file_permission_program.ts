// Maps a file, and prints what came of it.
import { SharedMemory } from "../../../src/shared_memory/mod.ts";

const [file, access] = Deno.args as [string, "read" | "readWrite"];
try {
  using memory = SharedMemory.create({ file, access });
  console.log(`mapped ${memory.size}`);
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : error);
}
