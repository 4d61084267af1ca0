/// <reference lib="deno.worker" />
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { takeApart } from "../core/worker/error_parts.ts";
import { kernel32 } from "../win32/kernel32.ts";
import { FileIo } from "../core/io/file_io.ts";
import { awaitClientSync, disconnectWhenRead } from "./blocking_acceptor.ts";
import { makeConn, type NamedPipeConn } from "./named_pipe_conn.ts";
import { CONNECTED, type FromThread, OWNED, type ToThread } from "./thread_protocol.ts";

// A thread of a NamedPipeThreadServer: serves one client after another, in blocking mode.

type Handler = (conn: NamedPipeConn) => void | Promise<void>;
type Start = Extract<ToThread, { type: "start" }>;
type Serve = Extract<ToThread, { type: "serve" }>;

let start: Start;
let handler: Promise<Handler | undefined>;

self.onmessage = async ({ data }: MessageEvent<ToThread>) => {
  if (data.type === "start") {
    start = data;
    say({ type: "started", thread: ownThread() });
    handler = loadHandler(data.handler);
    return;
  }
  const handle = await handler;
  if (handle !== undefined) await serve(handle, data);
};

/** A handle of this thread that is valid in all threads. */
function ownThread(): bigint {
  const thread = new OwnedHandle(kernel32().GetCurrentThread() as Deno.PointerObject, "thread");
  return thread.duplicate().detach();
}

/** The handler, or nothing: the server has been told why then, and ends. */
async function loadHandler(url: string): Promise<Handler | undefined> {
  try {
    const module: { readonly handle?: unknown } = await import(url);
    if (typeof module.handle !== "function") {
      throw new TypeError(`The handler module ${url} exports no function "handle"`);
    }
    return module.handle as Handler;
  } catch (error) {
    say({ type: "unusable", error: takeApart(error) });
  }
}

async function serve(handle: Handler, work: Serve): Promise<void> {
  const { handle: number, state, isOnlyOne } = work;
  const { profile } = start;
  let connected = false;
  let ended: FromThread;
  try {
    using instance = OwnedHandle.fromNumber(number, `pipe "${profile.path}"`);
    const file = new FileIo(instance, true);
    // From here on the instance is closed with this thread, however it ends.
    Atomics.store(state, OWNED, 1);
    assertNotStopped();
    awaitClientSync(file, {
      operation: "FSCTL_PIPE_LISTEN",
      object: profile.path,
      doing: `Cannot listen on pipe "${profile.path}"`,
    });
    connected = true;
    Atomics.store(state, CONNECTED, 1);
    say({ type: "connected" });
    try {
      const close = () => endConnection(file, isOnlyOne);
      await handle(makeConn(file, profile, { beforeBlocking: assertNotStopped, close }));
    } finally {
      if (!instance.closed) endConnection(file, isOnlyOne);
    }
    ended = { type: "ended", connected };
  } catch (error) {
    ended = { type: "ended", connected, error: takeApart(error) };
  }
  say(ended);
}

/** Ends the connection. The instance goes on if the server has it, too. */
function endConnection(file: FileIo, isOnlyOne: boolean): void {
  using _instance = file.handle;
  if (isOnlyOne) disconnectWhenRead(file, start.profile.path);
}

function assertNotStopped(): void {
  if (Atomics.load(start.stop, 0) === 0) return;
  throw new Deno.errors.Interrupted(`The server of pipe "${start.profile.path}" is being closed`);
}

function say(message: FromThread): void {
  self.postMessage(message);
}
