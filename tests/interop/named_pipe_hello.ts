import type { NamedPipeConn } from "../../src/named_pipe/mod.ts";

/** Answers one request. */
export function handle(conn: NamedPipeConn): void {
  conn.readSync(new Uint8Array(64));
  conn.writeSync(new TextEncoder().encode("hello, "));
}
