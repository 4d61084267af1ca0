/// <reference lib="deno.worker" />
import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";

/** Does what a client asks for: things that end this thread in the middle of its service. */
export function handle(conn: NamedPipeConn): Promise<void> | void {
  const buffer = new Uint8Array(64);
  for (let n = conn.readSync(buffer); n !== null; n = conn.readSync(buffer)) {
    const text = new TextDecoder().decode(buffer.subarray(0, n));
    switch (text) {
      case "self.close":
        self.close();
        return;
      case "self.close and wait":
        self.close();
        return new Promise(() => {});
      case "self.close and read":
        self.close();
        break;
      case "Deno.exit":
        Deno.exit(3);
        break;
      default:
        conn.writeSync(buffer.subarray(0, n));
    }
  }
}
