import { Deadline, pause } from "../core/io/deadline.ts";
import { RetryPauses } from "../core/io/retry_pauses.ts";
import {
  checkChoice,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions } from "../core/options/wait_options.ts";
import { listenNamedPipe } from "../named_pipe/mod.ts";
import { Mutex, type MutexLock } from "../sync/mod.ts";
import { deliver, notOwn } from "./deliver.ts";
import {
  type Identity,
  identityOf,
  isOwn,
  ownSecurity,
  type SingleInstanceScope,
} from "./identity.ts";
import { makeInstance, type SingleInstance } from "./instance.ts";
import { encodeMessage } from "./message.ts";

export type { SingleInstanceScope } from "./identity.ts";

/** Options for {@linkcode singleInstance}. */
export interface SingleInstanceOptions<T> extends WaitOptions {
  /** The program, by any text that no other program uses. Capital letters matter. */
  readonly name: string;
  /**
   * What the instance is told if this process is not the first: a value that JSON has, such as
   * `{ args: Deno.args, directory: Deno.cwd() }`, of up to 1 MiB as JSON.
   */
  readonly message: T;
  /**
   * Among which processes there is one instance: those of this user in this session, or those of
   * this user in all sessions of the computer. Other users have instances of their own, and can
   * neither get messages nor send any.
   *
   * @default {"session"}
   */
  readonly scope?: SingleInstanceScope;
  /**
   * The longest wait for the acknowledgement, in milliseconds: past it the call is rejected with
   * `Deno.errors.TimedOut`, as the instance has hung or takes no messages.
   *
   * @default {10000}
   */
  readonly timeout?: number;
}

const OPTIONS: OptionNames<SingleInstanceOptions<unknown>> = {
  ...WAIT_OPTIONS,
  name: true,
  message: true,
  scope: true,
};
const SCOPES: readonly SingleInstanceScope[] = ["session", "user"];
const DEFAULT_TIMEOUT = 10_000;

/** Milliseconds between two attempts to become the instance or to find it, at first and at most. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 16;

/**
 * Makes this process the one instance of a program, or else gives the instance a message.
 *
 * - There are never two instances at once: the instance holds a mutex, which Windows takes from it
 *   when it ends in whatever way. So if it crashes, the next start is the instance at once.
 * - If this resolves to `undefined`, the program of the instance has taken the message. If the
 *   instance ends before that, this tries again, and may then be the instance itself; it has to see
 *   to its own message in that case.
 * - If this rejects, the message has not been taken, except that after a timeout or an abort it may
 *   have been in that very moment. An instance that crashes just after it took a message may not
 *   have acknowledged it, so that it is then given to the next one too.
 *
 * The instance is bound to the thread of this call: a Worker is the instance only as long as it
 * runs.
 *
 * Windows documentation: "Mutex Objects", "Named Pipes".
 *
 * @param options The program, and what to tell it.
 * @returns The instance if this process is it; `undefined` if another one has taken the message.
 * @throws {TypeError | RangeError} If an option is not valid, or the message is larger than 1 MiB.
 * @throws {Deno.errors.TimedOut} If the instance does not take the message in `timeout`
 * milliseconds.
 * @throws {Deno.errors.PermissionDenied} If another user has made objects under the names that this
 * uses.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 * @throws The reason of `signal`, if it aborts.
 *
 * @example Tell the instance what to do, and wait no longer than two seconds
 * ```ts
 * import { singleInstance } from "@winipc/winipc/single-instance";
 *
 * try {
 *   using instance = await singleInstance({
 *     name: "my-player",
 *     message: { command: Deno.args[0] ?? "show" },
 *     timeout: 2000,
 *   });
 *   if (instance === undefined) Deno.exit();
 *   for await (const { command } of instance) console.log(command);
 * } catch (error) {
 *   if (!(error instanceof Deno.errors.TimedOut)) throw error;
 *   console.error("The player does not answer");
 * }
 * ```
 */
export async function singleInstance<T>(
  options: SingleInstanceOptions<T>,
): Promise<SingleInstance<T> | undefined> {
  checkOptions(options, OPTIONS, "singleInstance()");
  const { name, message, scope = "session", timeout = DEFAULT_TIMEOUT, signal } = options;
  if (typeof name !== "string") {
    throw new TypeError(`name must be a string, not ${Deno.inspect(name)}`);
  }
  if (name === "") throw new TypeError("name must not be empty");
  checkChoice("scope", scope, SCOPES);
  const bytes = encodeMessage(message);
  const deadline = Deadline.start({ timeout, signal });
  const identity = await identityOf(name, scope);
  const mutex = Mutex.create({ name: identity.mutexName, security: ownSecurity() });
  let instance: SingleInstance<T> | undefined;
  try {
    if (!isOwn(mutex)) throw notOwn(name);
    return instance = await becomeOrDeliver(identity, mutex, bytes, deadline);
  } finally {
    if (instance === undefined) mutex.close();
  }
}

async function becomeOrDeliver<T>(
  identity: Identity,
  mutex: Mutex,
  message: Uint8Array,
  deadline: Deadline | undefined,
): Promise<SingleInstance<T> | undefined> {
  const pauses = new RetryPauses(FIRST_PAUSE, LONGEST_PAUSE);
  for (;;) {
    deadline?.signal?.throwIfAborted();
    const lock = mutex.tryLock();
    if (lock !== undefined) return become(identity, mutex, lock);
    try {
      if (await deliver(identity, message, deadline)) return undefined;
    } catch (error) {
      if (deadline === undefined || !(error instanceof Deno.errors.TimedOut)) throw error;
      throw notTaken(identity, deadline, error);
    }
    // The instance is starting or ending: nothing tells when it has.
    const left = deadline?.remaining ?? Infinity;
    if (deadline !== undefined && left === 0) throw notTaken(identity, deadline);
    await pause(pauses.next(left), deadline?.signal);
  }
}

/** Serves the pipe; this thread has the mutex. */
function become<T>(identity: Identity, mutex: Mutex, lock: MutexLock): SingleInstance<T> {
  try {
    // The pipe of an instance that has crashed can outlive its mutex for a moment. That only this
    // user has made it is checked for each connection.
    const listener = listenNamedPipe({
      path: identity.pipePath,
      mode: "message",
      security: ownSecurity(),
      firstInstance: false,
    });
    return makeInstance(identity.name, mutex, lock, listener);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function notTaken({ name }: Identity, deadline: Deadline, cause?: unknown): Error {
  return new Deno.errors.TimedOut(
    `The instance of "${name}" has not taken the message within ${deadline.timeout} ms: ` +
      "it has hung, or does not read its messages",
    { cause },
  );
}
