/// <reference lib="deno.worker" />
// A thread with native resources: it does what it is told, one message after the other.

import { ThreadRegistry } from "../../../src/core/thread/registry.ts";
import { threadResources } from "../../../src/core/thread/thread_resources.ts";
import { connectNamedPipe, type NamedPipeConn } from "../../../src/named_pipe/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";

/** What the Worker does; it answers each message with a number or a bigint. */
export type Order =
  /** Claims a record as soon as `gate` is not 0, and gives the address of the code page. */
  | { readonly order: "claim"; readonly gate: Int32Array<SharedArrayBuffer> }
  /** Gives the id of its thread. */
  | { readonly order: "thread" }
  /** Makes its native resources. */
  | { readonly order: "resources" }
  /** Connects, begins to read, and gives the connection's handle. */
  | { readonly order: "read"; readonly path: string }
  /** Connects, and reads a message in order. */
  | { readonly order: "exchange"; readonly path: string };

const conns: NamedPipeConn[] = [];

async function obey(message: Order): Promise<number | bigint> {
  switch (message.order) {
    case "claim": {
      Atomics.wait(message.gate, 0, 0);
      const registry = ThreadRegistry.open();
      registry.claim();
      return registry.codePage(() => BigInt(kernel32().GetCurrentThreadId()) << 16n);
    }
    case "thread":
      return kernel32().GetCurrentThreadId();
    case "resources":
      return threadResources().allocations;
    case "read": {
      const conn = await connectNamedPipe({ path: message.path });
      conns.push(conn);
      conn.read(new Uint8Array(65_536));
      return conn.handle;
    }
    case "exchange": {
      using conn = await connectNamedPipe({ path: message.path });
      return await conn.read(new Uint8Array(65_536)) ?? -1;
    }
  }
}

self.onmessage = async ({ data }: MessageEvent<Order>) => self.postMessage(await obey(data));
