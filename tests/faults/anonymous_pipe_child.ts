// Writes to, or reads from, an inherited pipe until it is ended.
//
//     anonymous_pipe_child.ts write|read HANDLE

import { AnonymousPipeReader, AnonymousPipeWriter } from "../../src/anonymous_pipe/mod.ts";
import { pattern } from "../util/bytes.ts";

const [work, handle] = Deno.args;
if (work === "write") {
  using writer = AnonymousPipeWriter.fromHandle(BigInt(handle));
  const bytes = pattern(1_000_000);
  for (;;) writer.writeSync(bytes);
} else {
  using reader = AnonymousPipeReader.fromHandle(BigInt(handle));
  const buffer = new Uint8Array(1000);
  while (reader.readSync(buffer) !== null);
}
