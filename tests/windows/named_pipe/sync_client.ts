import { connectNamedPipeSync } from "../../../src/named_pipe/mod.ts";

// A blocking client: does one thing after another as its arguments say, and prints what came of it.
const [path, mode, ...steps] = Deno.args;
using conn = connectNamedPipeSync({
  path,
  mode: mode as "byte" | "message",
  wait: true,
  timeout: 30_000,
});
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const buffer = new Uint8Array(65_536);

for (const step of steps) {
  const [verb, argument = ""] = step.split(":");
  switch (verb) {
    case "write":
      conn.writeSync(encoder.encode(argument));
      break;
    case "read": {
      const count = conn.readSync(buffer);
      console.log(count === null ? "end" : decoder.decode(buffer.subarray(0, count)));
      break;
    }
    case "transact":
      console.log(decoder.decode(conn.transactSync(encoder.encode(argument))));
      break;
    case "flush":
      conn.flushSync();
      console.log("flushed");
      break;
  }
}
