import { checkWait, Deadline, type TimeoutContext, timeoutError } from "../core/io/deadline.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import {
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { ThreadpoolWait, type WaitOutcome } from "../core/wait/threadpool_wait.ts";
import { closedMeanwhile } from "../core/wait/wait_single.ts";
import { INFINITE, MAXIMUM_WAIT_OBJECTS } from "../win32/kernel32.ts";
import type { MutexLock } from "./mutex.ts";
import { Poller } from "./poller.ts";
import type { SynchronizationObject } from "./synchronization_object.ts";
import { TentativeSignal } from "./tentative_signal.ts";
import {
  assertNoHeldMutex,
  blockForAny,
  type Candidate,
  candidatesOf,
  groupsOf,
  keepAlive,
  multipleTimeout,
  tryAny,
  type WaitResult,
} from "./wait_multiple.ts";

/**
 * How long a blocking wait for more objects than Windows takes at once stays at one group of them,
 * in milliseconds. Windows rounds it up to a step of the system clock, at most 15.6 ms.
 */
const SLICE = 1;

/**
 * Result of {@linkcode waitAny} and {@linkcode waitAnySync}. Disposing of it releases the lock, if
 * there is one.
 *
 * @example
 * ```ts
 * import { EventObject, Mutex, waitAny } from "@winipc/winipc/sync";
 *
 * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
 * using mutex = Mutex.create({ name: "Local\\table-lock" });
 * {
 *   using result = await waitAny([stop, mutex]);
 *   if (result.lock !== undefined) console.log("change the table");
 * }
 * ```
 */
export interface WaitAnyResult<T extends SynchronizationObject> extends Disposable {
  /** The index in the list of the object that was signaled. */
  readonly index: number;
  /** That object. */
  readonly object: T;
  /** The lock, if that object is a mutex. */
  readonly lock: MutexLock | undefined;
  /**
   * Whether it is a mutex whose previous owner ended without releasing it: see {@linkcode
   * MutexLock.abandoned}.
   */
  readonly abandoned: boolean;
}

/**
 * Waits until one of several objects is signaled, without blocking the thread, and consumes the
 * signal of that object only. A mutex counts as signaled while it is free; consuming its signal is
 * owning it.
 *
 * There may be any number of objects. If several are signaled at the start, the first in the list
 * wins. Later the first that Windows reports wins. If another one's signal was consumed at the same
 * moment, it is restored by `SetEvent`, `ReleaseSemaphore` or `SetWaitableTimer` before this
 * resolves, so others may find that object unsignaled for an instant.
 *
 * The thread pool waits for what can be restored. This thread polls the rest, at intervals from 1
 * to 16 ms: mutexes, auto-reset timers that have a name or whose handle was given away, and
 * auto-reset events and semaphores without the right to signal them (`waitOnly`). A mutex that this
 * thread owns is skipped until it is released.
 *
 * Cancel safety: a call that rejects has consumed no signal. If a signal has already been consumed
 * when `signal` aborts, the timeout passes or an object is closed, the call resolves.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)", "SetThreadpoolWait
 * function (threadpoolapiset.h)".
 *
 * @param objects What to wait for; not empty.
 * @param options How long to wait.
 * @returns The object that was signaled.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {Deno.errors.Interrupted} If one of the objects is closed while the call is pending.
 * @throws {Deno.errors.PermissionDenied} If one of the handles has no right to wait.
 * @throws {TypeError} If the list is empty, something in it is not a synchronization object, or an
 * option does not exist or is of a wrong type.
 * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
 * @throws The reason of `signal`, if it aborts.
 *
 * @example Work until told to stop
 * ```ts
 * import { EventObject, Semaphore, waitAny } from "@winipc/winipc/sync";
 *
 * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
 * using jobs = Semaphore.create({ name: "Local\\jobs", initial: 0, maximum: 1000 });
 * while ((await waitAny([stop, jobs])).object !== stop) {
 *   console.log("do one more job");
 * }
 * ```
 */
export async function waitAny<T extends SynchronizationObject>(
  objects: readonly T[],
  options: WaitOptions = {},
): Promise<WaitAnyResult<T>> {
  checkOptions(options, WAIT_OPTIONS, "waitAny()");
  checkWait(options);
  const candidates = candidatesOf(objects, "waitAny()");
  // The caller may change the list meanwhile.
  const list = [...objects];
  const result = tryAny(candidates);
  if (result !== undefined) return resultOf(list, result);
  const deadline = Deadline.start(options);
  if (deadline?.remaining === 0) throw deadline.timedOut(anyTimeout(candidates));
  return resultOf(list, await new AnyWait(candidates, deadline).result);
}

/**
 * Waits until one of several objects is signaled, blocking the thread, and consumes the signal of
 * that object only: the first in the list if several are signaled.
 *
 * Up to 64 objects are one wait of Windows. More are polled in groups of 64, so that exactly one
 * signal is consumed; a signal is then noticed up to 15.6 ms late, a step of the system clock.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)".
 *
 * @param objects What to wait for; not empty.
 * @param options How long to wait.
 * @returns The object that was signaled.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.Busy} If one of the objects is a mutex that this thread owns already.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {Deno.errors.PermissionDenied} If one of the handles has no right to wait.
 * @throws {TypeError} If the list is empty, something in it is not a synchronization object, or an
 * option does not exist or is of a wrong type.
 * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`.
 *
 * @example
 * ```ts
 * import { EventObject, waitAnySync } from "@winipc/winipc/sync";
 *
 * using saved = EventObject.create();
 * using failed = EventObject.create({ signaled: true });
 * console.log(waitAnySync([saved, failed]).index); // 1
 * ```
 */
export function waitAnySync<T extends SynchronizationObject>(
  objects: readonly T[],
  options: WaitSyncOptions = {},
): WaitAnyResult<T> {
  checkOptions(options, WAIT_SYNC_OPTIONS, "waitAnySync()");
  const { timeout } = options;
  const milliseconds = windowsTimeout(timeout);
  const candidates = candidatesOf(objects, "waitAnySync()");
  assertNoHeldMutex(candidates);
  const result = candidates.length <= MAXIMUM_WAIT_OBJECTS
    ? blockForAny(candidates, milliseconds)
    : blockInSlices(candidates, options);
  if (result === undefined) throw timeoutError(timeout ?? Infinity, anyTimeout(candidates));
  return resultOf(objects, result);
}

/** Blocks at one group after the other, and polls all of them in between. */
function blockInSlices(
  candidates: readonly Candidate[],
  options: WaitSyncOptions,
): WaitResult | undefined {
  const groups = groupsOf(candidates);
  const deadline = Deadline.start(options);
  for (let turn = 0;; turn = (turn + 1) % groups.length) {
    const left = deadline?.remainingForWindows ?? INFINITE;
    const result = tryAny(candidates) ?? blockForAny(groups[turn], Math.min(SLICE, left));
    if (result !== undefined || left === 0) return result;
  }
}

/**
 * An asynchronous wait for the first of several objects.
 *
 * The thread pool waits for each object whose signal stays or can be restored; this thread polls
 * the others. The first signal wins. The wait is only over when the pool has ended its part for
 * every object, since a signal may be consumed at the very moment the pool is told to stop: that
 * signal is restored, or wins if there is no other.
 */
class AnyWait {
  readonly #outcome = Promise.withResolvers<WaitResult>();
  readonly #waits: ThreadpoolWait[] = [];
  /** The objects that only this thread may wait for. */
  readonly #polled: Candidate[] = [];
  /** Disposed of when the wait ends. */
  readonly #resources = new DisposableStack();
  /** How many waits of the pool have no outcome yet. */
  #running = 0;
  #ended = false;
  #result: WaitResult | undefined;
  #failure: unknown;

  /** Starts the wait; none of the objects was signaled just now. */
  constructor(candidates: readonly Candidate[], deadline: Deadline | undefined) {
    if (deadline !== undefined) {
      this.#resources.use(deadline.watch((reason) => this.#end(reason), () => {
        // Polls have gaps: poll once more, so that a signal that is there now is not missed.
        this.#poll();
        return deadline.timedOut(anyTimeout(candidates));
      }, false));
    }
    try {
      for (const candidate of candidates) this.#start(candidate);
    } catch (error) {
      this.#end(error);
    }
    if (!this.#ended && this.#polled.length > 0) {
      this.#resources.use(new Poller(() => this.#poll(), () => keepAlive(candidates)));
    }
  }

  /** The first signal. */
  get result(): Promise<WaitResult> {
    return this.#outcome.promise;
  }

  #start(candidate: Candidate): void {
    const { source, eventLoopRef } = candidate;
    const { handle } = source;
    if (source.consume === "irreversible") {
      this.#polled.push(candidate);
      this.#resources.defer(handle.onClose(() => this.#end(closedMeanwhile(handle.label))));
      return;
    }
    const signal = new TentativeSignal(source);
    const settle = (outcome: WaitOutcome) => this.#settle(candidate, signal, outcome);
    try {
      this.#waits.push(new ThreadpoolWait(handle, INFINITE, settle, eventLoopRef));
    } catch (error) {
      signal.commit();
      throw error;
    }
    this.#running++;
  }

  /** Takes the outcome of one wait of the pool. */
  #settle({ source, index }: Candidate, signal: TentativeSignal, outcome: WaitOutcome): void {
    try {
      if (outcome === "signaled" && this.#result !== undefined) {
        signal.rollback();
        return;
      }
      signal.commit();
      if (outcome === "signaled") this.#result = { index, lock: undefined };
      // Apart from the end of this wait, only closing the object cancels a wait of the pool.
      this.#end(closedMeanwhile(source.handle.label));
    } finally {
      this.#running--;
      this.#finish();
    }
  }

  #poll(): void {
    try {
      this.#result = tryAny(this.#polled);
      if (this.#result !== undefined) this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  /**
   * Ends the wait; the failure counts if no signal has been consumed by the time the pool is done.
   */
  #end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#resources.dispose();
    for (const wait of this.#waits) wait.cancel();
    this.#finish();
  }

  #finish(): void {
    if (!this.#ended || this.#running > 0) return;
    if (this.#result === undefined) this.#outcome.reject(this.#failure);
    else this.#outcome.resolve(this.#result);
  }
}

function anyTimeout(candidates: readonly Candidate[]): TimeoutContext {
  return multipleTimeout(`No signal from any of the ${candidates.length} objects`);
}

function resultOf<T extends SynchronizationObject>(
  objects: readonly T[],
  { index, lock }: WaitResult,
): WaitAnyResult<T> {
  return {
    index,
    object: objects[index],
    lock,
    abandoned: lock?.abandoned ?? false,
    [Symbol.dispose]: () => lock?.release(),
  };
}
