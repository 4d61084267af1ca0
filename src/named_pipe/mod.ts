/**
 * Named pipes: connections between processes, on this computer or another, as streams of bytes or of messages.
 *
 * A pipe is served in one of three ways. {@linkcode listenNamedPipe} serves any number of clients in one thread, by
 * asynchronous calls, which can be aborted. {@linkcode NamedPipeThreadServer} serves each client in a thread of its own,
 * by blocking calls, with the latency of C. {@linkcode listenNamedPipeSync} blocks the thread that calls it. Clients
 * connect by {@linkcode connectNamedPipe}, {@linkcode connectNamedPipeSync} or, for a single question,
 * {@linkcode callNamedPipe}. `@winipc/winipc/named-pipe/node` makes a connection a stream of Node.
 *
 * All of it needs only `--allow-ffi`; a `NamedPipeThreadServer` also the permission to read the modules of its threads.
 *
 * In a Worker, asynchronous calls must have ended before the Worker does: close its listeners and connections, wait
 * until the promises that were pending are settled, give the event loop some turns more, and only then end it. Windows
 * still writes to the memory of a pending operation, and a Worker that is terminated frees it. Blocking calls have no
 * such condition.
 *
 * Windows documentation: "Named Pipes".
 *
 * @example
 * ```ts
 * import { connectNamedPipe, listenNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using listener = listenNamedPipe({ path: "demo", mode: "message" });
 * using client = await connectNamedPipe({ path: "demo", mode: "message" });
 * using server = await listener.accept();
 * await client.writeMessage(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode((await server.readMessage())!));
 * ```
 *
 * @module
 */
export {
  Win32Error,
  type Win32ErrorContext,
  WindowsError,
  type WindowsErrorContext,
  type WindowsErrorInit,
} from "../core/error/windows_error.ts";
export type { WaitOptions } from "../core/options/wait_options.ts";
export type { Security, SecurityDescriptor } from "../security/mod.ts";
export type { NamedPipeConn, NamedPipePeek, NamedPipePeer } from "./conn.ts";
export type { NamedPipeConnSync, NamedPipeListenerSync } from "./conn_sync.ts";
export { connectNamedPipeSync } from "./connect_sync.ts";
export { listenNamedPipeSync } from "./listen_sync.ts";
export { callNamedPipe, type CallNamedPipeOptions, connectNamedPipe } from "./connect.ts";
export { listenNamedPipe } from "./listen.ts";
export { NamedPipeThreadServer, type NamedPipeThreadServerOptions } from "./thread_server.ts";
export type { NamedPipeListener } from "./listener.ts";
export type {
  ConnectNamedPipeOptions,
  ConnectNamedPipeSyncOptions,
  ListenNamedPipeOptions,
  NamedPipeClientOptions,
  NamedPipeDirection,
  NamedPipeImpersonation,
  NamedPipeMode,
  NamedPipeServerOptions,
} from "./options.ts";
