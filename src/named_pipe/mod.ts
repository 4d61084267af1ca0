/**
 * Named pipes: connections between processes, on this computer or another, as streams of bytes or
 * of messages.
 *
 * A pipe is served in one of three ways. {@linkcode listenNamedPipe} serves any number of clients
 * in one thread, by asynchronous calls, which can be aborted. {@linkcode NamedPipeThreadServer}
 * serves each client in a thread of its own, by blocking calls, with the latency of C.
 * {@linkcode listenNamedPipeSync} blocks the thread that calls it. Clients connect by
 * {@linkcode connectNamedPipe}, {@linkcode connectNamedPipeSync} or, for a single question,
 * {@linkcode callNamedPipe}. {@linkcode NamedPipeConn.fromHandle} takes over an end that another
 * program has made, and {@linkcode namedPipeExists} only looks for a pipe.
 * `@winipc/winipc/named-pipe/node` makes a connection a stream of Node.
 *
 * All of it needs only `--allow-ffi`; a `NamedPipeThreadServer` also the permission to read the
 * modules of its threads.
 *
 * A Worker may end while calls are pending: its listeners and connections are then closed.
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
export type { LinesOptions } from "../core/io/lines.ts";
export type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
export type { Security, SecurityDescriptor } from "../security/mod.ts";
export {
  callNamedPipe,
  type CallNamedPipeOptions,
  connectNamedPipe,
  connectNamedPipeSync,
} from "./named_pipe_client.ts";
export { namedPipeExists, namedPipeExistsSync } from "./exists.ts";
export {
  NamedPipeConn,
  type NamedPipeHandleOptions,
  type NamedPipeMessagePart,
} from "./named_pipe_conn.ts";
export { listenNamedPipe, listenNamedPipeSync, NamedPipeListener } from "./named_pipe_listener.ts";
export type {
  ConnectNamedPipeOptions,
  ConnectNamedPipeSyncOptions,
  ListenNamedPipeOptions,
  ListenNamedPipeSyncOptions,
  ListenNamedPipeWaitOptions,
  NamedPipeClientOptions,
  NamedPipeConnectTimeout,
  NamedPipeDirection,
  NamedPipeImpersonation,
  NamedPipeMessageOptions,
  NamedPipeMessageSyncOptions,
  NamedPipeMode,
  NamedPipeServerOptions,
} from "./options.ts";
export type { NamedPipePeek } from "./peek.ts";
export type { NamedPipePeer } from "./peer.ts";
export { NamedPipeThreadServer, type NamedPipeThreadServerOptions } from "./thread_server.ts";
