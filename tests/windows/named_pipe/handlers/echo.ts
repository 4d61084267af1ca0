import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";

/** Sends back what comes. */
export function handle(conn: NamedPipeConn): void {
  const buffer = new Uint8Array(65_536);
  for (let n = conn.readSync(buffer); n !== null; n = conn.readSync(buffer)) {
    conn.writeSync(buffer.subarray(0, n));
  }
}
