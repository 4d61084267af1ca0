// The child of a C program: copies from the one inherited pipe to the other, and adds a word.

import { AnonymousPipeReader, AnonymousPipeWriter } from "../../src/anonymous_pipe/mod.ts";

using reader = AnonymousPipeReader.fromHandle(BigInt(Deno.args[0]));
using writer = AnonymousPipeWriter.fromHandle(BigInt(Deno.args[1]));
const buffer = new Uint8Array(4096);
for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
  writer.writeSync(buffer.subarray(0, n));
}
writer.writeSync(new TextEncoder().encode(", and back"));
