import { lastErrorCode, Win32Error } from "../core/error/windows_error.ts";
import { OwnedHandle } from "../core/handle/owned_handle.ts";
import { Deadline, pause, pauseSync } from "../core/io/deadline.ts";
import { FileIo } from "../core/io/file_io.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { encodeWide } from "../core/text/wide_string.ts";
import { ERROR_PIPE_BUSY, ERROR_SEM_TIMEOUT } from "../win32/error_codes.ts";
import { kernel32, NMPWAIT_USE_DEFAULT_WAIT } from "../win32/kernel32.ts";
import { ClientEnd } from "./client_end.ts";
import { makeConn, type NamedPipeConn, transactOn } from "./named_pipe_conn.ts";
import {
  checkHalfClose,
  checkMaxMessageSize,
  CLIENT_OPTIONS,
  type ConnectNamedPipeOptions,
  type ConnectNamedPipeSyncOptions,
  type NamedPipeConnectTimeout,
  type NamedPipeMessageSyncOptions,
} from "./options.ts";
import { LONGEST_INSTANCE_WAIT, waitForInstance } from "./wait_instance.ts";

const CONNECT_OPTIONS: OptionNames<ConnectNamedPipeOptions> = {
  ...CLIENT_OPTIONS,
  halfClose: true,
  signal: true,
  timeout: true,
};
const CONNECT_SYNC_OPTIONS: OptionNames<ConnectNamedPipeSyncOptions> = {
  ...CLIENT_OPTIONS,
  timeout: true,
};
const CALL_OPTIONS: OptionNames<CallNamedPipeOptions> = {
  path: true,
  impersonation: true,
  wait: true,
  currentUserOnly: true,
  request: true,
  maxMessageSize: true,
  signal: true,
  timeout: true,
};

/**
 * Connects to a named pipe.
 *
 * While all its instances are taken, this waits for a free one, as long as `timeout` allows. If the
 * pipe does not exist, the call fails at once, unless `wait` is set.
 *
 * Cancel safety: an aborted or timed-out call has left no connection behind. One to another
 * computer that does not answer goes on unseen until Windows gives it up, and is closed then. At
 * most two such calls run at a time in a thread, together with those of mailslots; the others wait
 * in line.
 *
 * Windows documentation: "Named Pipe Client", "WaitNamedPipeW function".
 *
 * @throws {TypeError} If an option is not valid, or the server does not have the `mode` asked for
 * as `cause` tells.
 * @throws {Deno.errors.NotFound} If there is no such pipe.
 * @throws {Deno.errors.TimedOut} If there was no free instance, or no answer from another computer,
 * in `timeout` milliseconds.
 * @throws {Deno.errors.PermissionDenied} If the pipe does not admit this user, or not in this
 * `direction`; or if its server is not of this user and `currentUserOnly` is set.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example Send a line to a server that may still be starting
 * ```ts
 * import { connectNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * using conn = await connectNamedPipe({ path: "demo", wait: true, timeout: 5000 });
 * await conn.write(new TextEncoder().encode("hello\n"));
 * ```
 */
export async function connectNamedPipe(options: ConnectNamedPipeOptions): Promise<NamedPipeConn> {
  checkOptions(options, CONNECT_OPTIONS, "connectNamedPipe()");
  checkHalfClose(options.halfClose, options.mode ?? "byte");
  const end = new ClientEnd(options, false);
  const handle = await openWhenFree(end, options, startDeadline(options));
  return makeConn(new FileIo(handle, false), end.profile(options.halfClose ?? false));
}

/**
 * Connects to a named pipe in blocking mode; waits for a free instance as `connectNamedPipe()`
 * does, blocking the thread.
 *
 * Windows documentation: "Named Pipe Client", "WaitNamedPipeW function".
 *
 * @throws {TypeError} If an option is not valid; nothing has been tried then.
 * @throws {Deno.errors.NotFound} If there is no such pipe, unless `wait` is set.
 * @throws {Deno.errors.TimedOut} If there was no free instance in `timeout` milliseconds.
 * @throws {Deno.errors.PermissionDenied} If the pipe does not admit this user, or not in this
 * `direction`; or if its server is not of this user and `currentUserOnly` is set.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { connectNamedPipeSync } from "@winipc/winipc/named-pipe";
 *
 * using conn = connectNamedPipeSync({ path: "demo", mode: "message", timeout: 5000 });
 * const reply = conn.transactSync(new TextEncoder().encode("status"));
 * console.log(new TextDecoder().decode(reply));
 * ```
 */
export function connectNamedPipeSync(options: ConnectNamedPipeSyncOptions): NamedPipeConn {
  checkOptions(options, CONNECT_SYNC_OPTIONS, "connectNamedPipeSync()");
  const end = new ClientEnd(options, true);
  const handle = openWhenFreeSync(end, options, startDeadline(options));
  return makeConn(new FileIo(handle, true), end.profile(false));
}

/** Options for {@linkcode callNamedPipe}. */
export interface CallNamedPipeOptions
  extends
    Omit<ConnectNamedPipeOptions, "mode" | "direction" | "halfClose">,
    Pick<NamedPipeMessageSyncOptions, "maxMessageSize"> {
  /** The request, sent as one message. */
  readonly request: Uint8Array;
}

/**
 * Connects to a pipe in message mode, sends one request, reads one reply of up to `maxMessageSize`
 * bytes, and closes the connection.
 *
 * Cancel safety: none. The server may have got the request when the call is aborted. A reply that
 * is larger than `maxMessageSize` is lost with the connection.
 *
 * Windows documentation: "CallNamedPipeW function".
 *
 * @returns The reply.
 * @throws As `connectNamedPipe()` and `NamedPipeConn.transact()` do.
 *
 * @example
 * ```ts
 * import { callNamedPipe } from "@winipc/winipc/named-pipe";
 *
 * const request = new TextEncoder().encode("version?");
 * const reply = await callNamedPipe({ path: "agent", request, timeout: 2000 });
 * console.log(new TextDecoder().decode(reply));
 * ```
 */
export async function callNamedPipe(
  options: CallNamedPipeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions(options, CALL_OPTIONS, "callNamedPipe()");
  const request = checkBytes(options.request, "A request");
  const maxMessageSize = checkMaxMessageSize(options.maxMessageSize);
  const deadline = startDeadline(options);
  const end = new ClientEnd({ ...options, mode: "message" }, false);
  const handle = await openWhenFree(end, options, deadline);
  using conn = makeConn(new FileIo(handle, false), end.profile(false));
  return await transactOn(conn, request, maxMessageSize, deadline);
}

/** What the waits of a connecting client depend on. */
type ConnectWait = Pick<ConnectNamedPipeOptions, "wait" | "signal" | "timeout">;

function startDeadline({ signal, timeout }: ConnectWait): Deadline | undefined {
  return Deadline.start({ signal, timeout: timeout === "serverDefault" ? undefined : timeout });
}

async function openWhenFree(
  end: ClientEnd,
  { wait, timeout }: ConnectWait,
  deadline: Deadline | undefined,
): Promise<OwnedHandle> {
  const signal = deadline?.signal;
  const useDefault = timeout === "serverDefault";
  const pauses = new RetryPauses();
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await end.open(deadline);
    if (outcome instanceof OwnedHandle) {
      // The signal may have been aborted in the moment in which another computer answered.
      if (!signal?.aborted) return outcome;
      outcome.close();
      throw signal.reason;
    }
    if (outcome !== "busy" && !wait) throw outcome;
    const left = deadline?.remaining ?? Infinity;
    const expired = () => timedOut(end, outcome, timeout);
    if (left === 0) throw expired();
    if (outcome === "busy") {
      const isOver = await waitForInstance(end, useDefault, deadline, expired);
      if (isOver && useDefault) throw expired();
    } else {
      await pause(pauses.next(left), signal);
    }
  }
}

function openWhenFreeSync(
  end: ClientEnd,
  { wait, timeout }: ConnectWait,
  deadline: Deadline | undefined,
): OwnedHandle {
  const useDefault = timeout === "serverDefault";
  const pauses = new RetryPauses();
  for (;;) {
    const outcome = end.openSync();
    if (outcome instanceof OwnedHandle) return outcome;
    if (outcome !== "busy" && !wait) throw outcome;
    const left = deadline?.remaining ?? Infinity;
    if (left === 0) throw timedOut(end, outcome, timeout);
    if (outcome === "busy") {
      const milliseconds = useDefault
        ? NMPWAIT_USE_DEFAULT_WAIT
        : Math.min(Math.max(1, Math.ceil(left)), LONGEST_INSTANCE_WAIT);
      const done = kernel32().WaitNamedPipeW(encodeWide(end.path.full), milliseconds);
      const isOver = done === 0 && lastErrorCode() === ERROR_SEM_TIMEOUT;
      // Otherwise the next attempt tells whether it is free, gone or late.
      if (isOver && useDefault) throw timedOut(end, outcome, timeout);
    } else {
      pauseSync(pauses.next(left));
    }
  }
}

/** The error for a connection that could not be made in time. */
function timedOut(
  end: ClientEnd,
  outcome: "busy" | Deno.errors.NotFound,
  timeout: NamedPipeConnectTimeout | undefined,
): Error {
  const limit = timeout === "serverDefault" ? "the server's default timeout" : `${timeout} ms`;
  const [why, cause] = outcome === "busy"
    ? ["all its instances are busy", new Win32Error(ERROR_PIPE_BUSY, end.context("NtCreateFile"))]
    : ["it does not exist", outcome.cause];
  return new Deno.errors.TimedOut(
    `Cannot connect to pipe "${end.path.full}" within ${limit}: ${why}`,
    { cause },
  );
}
