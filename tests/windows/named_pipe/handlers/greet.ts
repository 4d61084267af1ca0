import type { NamedPipeConn } from "../../../../src/named_pipe/mod.ts";

/** Says hello, expects it back, and closes. */
export function handle(conn: NamedPipeConn): void {
  conn.writeSync(new TextEncoder().encode("hello"));
  const buffer = new Uint8Array(64);
  let received = 0;
  while (received < 5) received += conn.readSync(buffer) ?? 5;
}
