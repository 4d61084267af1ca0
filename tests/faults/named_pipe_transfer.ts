import { connectNamedPipe } from "../../src/named_pipe/mod.ts";
import { checksumStep, fillChunk } from "./named_pipe_load.ts";

// The sender of a large transfer: writes what `fillChunk` makes, and prints the checksum of it all.
const [path, totalText, sizeText] = Deno.args;
const total = Number(totalText);
const chunk = new Uint8Array(Number(sizeText));
using conn = await connectNamedPipe({ path });
let checksum = 1;
for (let sent = 0, index = 0; sent < total; index++) {
  const part = chunk.subarray(0, Math.min(chunk.length, total - sent));
  fillChunk(part, index);
  checksum = checksumStep(checksum, part);
  sent += await conn.write(part);
}
console.log(checksum);
