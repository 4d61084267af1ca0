import { isWorker } from "../core/thread/thread_resources.ts";
import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import { EventLoopRef } from "../core/io/event_loop_ref.ts";
import {
  checkBoolean,
  checkOptions,
  type OptionNames,
  WAIT_OPTIONS,
  WAIT_SYNC_OPTIONS,
} from "../core/options/check_options.ts";
import type { WaitOptions, WaitSyncOptions } from "../core/options/wait_options.ts";
import { tryWait, waitForObject, waitForObjectSync } from "../core/wait/wait_single.ts";
import { defineInspect } from "../core/text/inspect.ts";
import {
  abortWhenSignaled,
  type DisposableAbortSignal,
  type ToSignalOptions,
} from "./abort_signal.ts";
import type { MutexLock } from "./mutex.ts";
import type { OwnedObject } from "./object_kind.ts";
import { pollNow } from "./poller.ts";

/**
 * How a wait for several objects deals with one of them: what it means to consume its signal and
 * then find that the signal is not wanted, because another object was first or not all were
 * signaled.
 */
export type SignalSource = StickySignal | ReversibleSignal | IrreversibleSignal;

/** Consuming the signal changes nothing: a manual-reset event or timer. */
export interface StickySignal {
  readonly consume: "none";
  readonly handle: OwnedHandle;
}

/**
 * A consumed signal can be restored: an auto-reset event, a semaphore, a timer that nobody else
 * sets.
 */
export interface ReversibleSignal {
  readonly consume: "reversible";
  readonly handle: OwnedHandle;
  /** Whether there is a signal now; absent where that cannot be asked without consuming it. */
  isSignaled?(): boolean;
  /**
   * Restores one consumed signal by the handle, which is valid even if the object has been closed.
   */
  restore(handle: Deno.PointerObject): void;
}

/**
 * A consumed signal cannot be restored, so it is only consumed when it is certainly wanted: a
 * mutex, a shared timer.
 */
export interface IrreversibleSignal {
  readonly consume: "irreversible";
  readonly handle: OwnedHandle;
  /** Present if the object is a mutex. */
  readonly mutex?: MutexOwnership;
}

/** What a wait for several objects needs of a mutex. */
export interface MutexOwnership {
  /** Whether this thread owns the mutex: Windows would let the thread in again. */
  isHeld(): boolean;
  /** @throws {Deno.errors.Busy} If this thread owns the mutex. */
  assertNotHeld(): void;
  /** Makes the lock of the mutex that this thread has just got. */
  adopt(abandoned: boolean): MutexLock;
}

/** The method by which waits for several objects get an object's {@linkcode SignalSource}. */
export const SIGNAL_SOURCE: unique symbol = Symbol("signalSource");

const TO_SIGNAL_OPTIONS: OptionNames<ToSignalOptions> = { ref: true };

/** What a public object owns, for the modules of this folder. */
let ownedObject: (object: SynchronizationObject) => OwnedObject;
/** Whether the waits for an object keep the program alive. */
export let eventLoopRefOf: (object: SynchronizationObject) => EventLoopRef;

/**
 * The common base of {@linkcode EventObject}, {@linkcode Mutex}, {@linkcode Semaphore} and
 * {@linkcode WaitableTimer}, and of `ProcessObject` in `@winipc/winipc/process`: what
 * {@linkcode waitAny} and {@linkcode waitAll} wait for.
 *
 * Each owns a handle to a kernel object. The kernel object and its name exist as long as any
 * process has a handle to it.
 *
 * Windows documentation: "Synchronization Objects", "Handles and Objects".
 *
 * @example Log which object of a list was signaled
 * ```ts
 * import { type SynchronizationObject, waitAny } from "@winipc/winipc/sync";
 *
 * async function logFirst(objects: readonly SynchronizationObject[]): Promise<void> {
 *   using result = await waitAny(objects);
 *   console.log(result.object.name ?? `object ${result.index}`, "is signaled");
 * }
 * ```
 */
export abstract class SynchronizationObject implements Disposable {
  readonly #object: OwnedObject;
  readonly #eventLoopRef = new EventLoopRef();

  static {
    ownedObject = (object) => object.#object;
    eventLoopRefOf = (object) => object.#eventLoopRef;
  }

  /** @ignore */
  protected constructor(object: OwnedObject) {
    this.#object = object;
    if (isWorker) object.handle.closeAtThreadEnd();
  }

  /** @ignore */
  abstract [SIGNAL_SOURCE](): SignalSource;

  /** The name it was created or opened by, if it was. */
  get name(): string | undefined {
    return this.#object.name;
  }

  /**
   * Whether the kernel object existed before: `false` only if this call to `create()` has made it.
   */
  get existed(): boolean {
    return this.#object.existed;
  }

  /**
   * The handle as a number, for Windows functions or for a child process that inherits it. It
   * belongs to this object: do not close it.
   *
   * @throws {Deno.errors.BadResource} If the object is closed.
   */
  get handle(): bigint {
    this.#object.shared = true;
    return this.#object.handle.number;
  }

  /**
   * Makes a handle to the same kernel object in another process, with the same rights. That process
   * owns the handle: send it the number, and it takes it over by `fromHandle()`.
   *
   * This process needs the right to open the other one for PROCESS_DUP_HANDLE, which it has if both
   * run as the same user.
   *
   * Windows documentation: "DuplicateHandle function (handleapi.h)".
   *
   * @param processId The other process, such as `Deno.ChildProcess.pid`.
   * @returns The handle, valid in that process only.
   * @throws {RangeError} If `processId` is not a positive 32-bit integer.
   * @throws {Deno.errors.NotFound} If there is no such process.
   * @throws {Deno.errors.PermissionDenied} If this process may not open that one.
   * @throws {Deno.errors.BadResource} If the object is closed.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using ready = EventObject.create();
   * const child = new Deno.Command("worker.exe", { stdin: "piped" }).spawn();
   * const writer = child.stdin.getWriter();
   * await writer.write(new TextEncoder().encode(`${ready.duplicateTo(child.pid)}\n`));
   * await ready.wait({ timeout: 10_000 });
   * ```
   */
  duplicateTo(processId: number): bigint {
    this.#object.shared = true;
    return this.#object.handle.duplicateTo(processId);
  }

  /** Keeps the program alive while it waits for the object, which is the default. */
  ref(): void {
    this.#eventLoopRef.ref();
    // Polls keep the program alive from their next pause on.
    pollNow();
  }

  /**
   * Lets the program end though it waits for the object. A wait for several objects lets it end if
   * that was said of all of them.
   *
   * @example Listen for news as long as the program has other things to do
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using changed = EventObject.create({ name: "Local\\table-changed" });
   * changed.unref();
   * changed.wait().then(() => console.log("the table has changed"), console.error);
   * ```
   */
  unref(): void {
    this.#eventLoopRef.unref();
    pollNow();
  }

  /**
   * Closes the object; further calls do nothing. Pending waits end with `Deno.errors.Interrupted`;
   * later calls throw `Deno.errors.BadResource`.
   *
   * A {@linkcode MutexLock} or {@linkcode SemaphorePermit} that has not been released stays valid:
   * its `release()` works, and Windows closes the handle then.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * const changed = EventObject.create({ name: "Local\\table-changed" });
   * changed.close();
   * ```
   */
  close(): void {
    this.#object.handle.close();
  }

  /** Closes the object, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The handle of a public object; it may be closed. */
export function handleOf(object: SynchronizationObject): OwnedHandle {
  return ownedObject(object).handle;
}

/** Whether others may have a handle to the kernel object. */
export function isShared(object: SynchronizationObject): boolean {
  return ownedObject(object).shared;
}

/**
 * The common base of the objects that can be waited for on their own: {@linkcode EventObject},
 * {@linkcode Semaphore} and {@linkcode WaitableTimer}, and `ProcessObject` in
 * `@winipc/winipc/process`. A {@linkcode Mutex} has `lock()` instead.
 *
 * A wait that succeeds consumes the signal: it resets an auto-reset event or timer, and takes one
 * from a semaphore's count. A manual-reset event or timer stays signaled.
 *
 * Windows documentation: "Wait Functions".
 *
 * @example Wait for any such object, for a second
 * ```ts
 * import type { Waitable } from "@winipc/winipc/sync";
 *
 * async function isSignaledSoon(object: Waitable): Promise<boolean> {
 *   try {
 *     await object.wait({ timeout: 1_000 });
 *     return true;
 *   } catch (error) {
 *     if (error instanceof Deno.errors.TimedOut) return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export abstract class Waitable extends SynchronizationObject {
  /**
   * Waits until the object is signaled, without blocking the thread. The program stays alive while
   * it waits, unless `unref()` says otherwise.
   *
   * Cancel safety: a wait that rejects has not consumed a signal. If the signal has already been
   * consumed when `signal` aborts, the timeout passes or the object is closed, the wait resolves.
   *
   * In a Worker, end all waits before the Worker ends: see the remarks of this module.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)", "WaitForSingleObject
   * function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns A promise that resolves when the signal has been consumed.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.Interrupted} If the object is closed while the wait is pending.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using changed = EventObject.create({ name: "Local\\table-changed" });
   * try {
   *   await changed.wait({ timeout: 1_000 });
   *   console.log("read the table again");
   * } catch (error) {
   *   if (!(error instanceof Deno.errors.TimedOut)) throw error;
   * }
   * ```
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    const { className, handle } = ownedObject(this);
    checkOptions(options, WAIT_OPTIONS, `${className}.wait()`);
    await waitForObject(handle, options, eventLoopRefOf(this));
  }

  /**
   * Waits until the object is signaled, blocking the thread: for Workers, and for programs with
   * nothing else to do. Nothing else runs on the thread meanwhile, not even timers.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @throws {Deno.errors.TimedOut} If the timeout passes first.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@winipc/winipc/sync";
   *
   * using slots = Semaphore.create({ maximum: 4 });
   * slots.waitSync({ timeout: 500 });
   * slots.release();
   * ```
   */
  waitSync(options: WaitSyncOptions = {}): void {
    const { className, handle } = ownedObject(this);
    checkOptions(options, WAIT_SYNC_OPTIONS, `${className}.waitSync()`);
    waitForObjectSync(handle, options);
  }

  /**
   * An `AbortSignal` that aborts when the object is signaled, for calls that take one: a program
   * can so be told to stop by another one. It waits at once, and consumes the signal; its reason is
   * an `AbortError`.
   *
   * Dispose of it when it is no longer needed: it then waits no longer, and never aborts. (An
   * auto-reset event that was opened with `waitOnly` is an exception: if its signal is consumed in
   * that very moment, it aborts, as the signal cannot be restored.) It does not abort either when
   * the object is closed. It does not keep the program alive, unless asked.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)".
   *
   * @param options Whether it keeps the program alive.
   * @returns The signal, which has already aborted if the object is signaled now.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   * @throws {TypeError} If an option does not exist or is of a wrong type.
   *
   * @example Serve until another program signals an event
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using stop = EventObject.create({ name: "Local\\server-stop", manualReset: true });
   * using signal = stop.toSignal();
   * const server = Deno.serve({ signal }, () => new Response("hello"));
   * await server.finished;
   * ```
   */
  toSignal(options: ToSignalOptions = {}): DisposableAbortSignal {
    const { className } = ownedObject(this);
    checkOptions(options, TO_SIGNAL_OPTIONS, `${className}.toSignal()`);
    checkBoolean("ref", options.ref);
    return abortWhenSignaled(this[SIGNAL_SOURCE](), options);
  }

  /**
   * Consumes the signal if the object is signaled now. It never waits.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @returns Whether the object was signaled.
   * @throws {Deno.errors.BadResource} If the object is closed.
   * @throws {Deno.errors.PermissionDenied} If the handle has no right to wait.
   *
   * @example
   * ```ts
   * import { EventObject } from "@winipc/winipc/sync";
   *
   * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
   * while (!stop.tryWait()) await new Promise((done) => setTimeout(done, 100));
   * ```
   */
  tryWait(): boolean {
    return tryWait(handleOf(this)) !== "unsignaled";
  }
}

/**
 * Has `Deno.inspect()` show the objects of a class: the name, or the handle of one without a name,
 * and what only an open one can tell.
 */
export function defineObjectInspect<Kind extends SynchronizationObject>(
  kind: { readonly name: string; readonly prototype: Kind },
  describe: (object: Kind, handle: OwnedHandle) => Record<string, unknown>,
): void {
  defineInspect(kind, (object) => {
    const { name, handle } = ownedObject(object);
    if (handle.closed) return { name, state: "closed" };
    // Not by the public property, after which the object counts as shared.
    const number = name === undefined ? handle.number : undefined;
    return { name, handle: number, ...describe(object, handle), state: "open" };
  });
}
