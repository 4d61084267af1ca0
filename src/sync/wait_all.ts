import { checkWait, Deadline, type TimeoutContext, timeoutError } from "../core/io/deadline.ts";
import { checkOptions, WAIT_OPTIONS, WAIT_SYNC_OPTIONS } from "../core/options/check_options.ts";
import {
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import {
  closedMeanwhile,
  tryWait,
  waitForObject,
  waitOnThread,
  type WaitStatus,
} from "../core/wait/wait_single.ts";
import { INFINITE, MAXIMUM_WAIT_OBJECTS } from "../win32/kernel32.ts";
import type { MutexLock } from "./mutex.ts";
import { LONGEST_INTERVAL, Poller } from "./poller.ts";
import type { SignalSource, SynchronizationObject } from "./synchronization_object.ts";
import { TentativeSignal } from "./tentative_signal.ts";
import {
  adoptMutex,
  assertNoHeldMutex,
  blockForAll,
  type Candidate,
  candidatesOf,
  groupsOf,
  isHeldMutex,
  keepAlive,
  multipleTimeout,
} from "./wait_multiple.ts";

/**
 * Result of {@linkcode waitAll} and {@linkcode waitAllSync}. Disposing of it releases the locks.
 *
 * @example
 * ```ts
 * import { Mutex, waitAll } from "@winipc/winipc/sync";
 *
 * using accounts = Mutex.create({ name: "Local\\accounts" });
 * using journal = Mutex.create({ name: "Local\\journal" });
 * {
 *   using result = await waitAll([accounts, journal]);
 *   if (result.abandoned) console.log("another program died in the middle: check both");
 *   console.log(`owner of ${result.locks.length} mutexes`);
 * }
 * ```
 */
export interface WaitAllResult extends Disposable {
  /** The locks of the mutexes in the list, in its order. */
  readonly locks: readonly MutexLock[];
  /**
   * Whether one of the mutexes was abandoned by its owner. Windows does not say which, so all locks
   * have `abandoned` set: see {@linkcode MutexLock.abandoned}.
   */
  readonly abandoned: boolean;
}

/** What ends the internal waits of a call whose timeout is over. */
const TIMED_OUT = Symbol("timed out");

/**
 * Waits until all of several objects are signaled at the same time, without blocking the thread,
 * and consumes all their signals. A mutex counts as signaled while it is free; consuming its signal
 * is owning it.
 *
 * While it waits, it holds none of them, so two programs that wait for the same objects in another
 * order do not block each other. It waits for one object that is not signaled, and then tries to
 * consume all signals at once. So an object that is signaled only for a moment, because others
 * consume its signal, may be missed.
 *
 * More than 64 objects are more than one wait of Windows. Those whose signal can be restored are
 * then consumed in groups, and restored at once if another object is not signaled. Mutexes, shared
 * auto-reset timers and objects opened with `waitOnly` are consumed last and together, so a list of
 * more than 64 objects may have at most 64 of these. This thread polls them, at intervals from 1 to
 * 16 ms.
 *
 * Cancel safety: a call that rejects has consumed no signal.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)", "SetThreadpoolWait
 * function (threadpoolapiset.h)".
 *
 * @param objects What to wait for; not empty, and each only once.
 * @param options How long to wait.
 * @returns The locks of the mutexes, when all signals are consumed.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {Deno.errors.Interrupted} If one of the objects is closed while the call is pending.
 * @throws {Deno.errors.PermissionDenied} If one of the handles has no right to wait.
 * @throws {TypeError} If the list is empty, an object is in it twice, something in it is not a
 * synchronization object, or an option does not exist or is of a wrong type.
 * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`, or
 * if more than 64 objects of a longer list cannot be restored.
 * @throws The reason of `signal`, if it aborts.
 *
 * @example
 * ```ts
 * import { EventObject, Mutex, waitAll } from "@winipc/winipc/sync";
 *
 * using loaded = EventObject.create({ name: "Local\\loaded", manualReset: true });
 * using table = Mutex.create({ name: "Local\\table-lock" });
 * using _held = await waitAll([loaded, table], { timeout: 10_000 });
 * ```
 */
export async function waitAll(
  objects: readonly SynchronizationObject[],
  options: WaitOptions = {},
): Promise<WaitAllResult> {
  checkOptions(options, WAIT_OPTIONS, "waitAll()");
  checkWait(options);
  const candidates = candidatesOfAll(objects, "waitAll()");
  const result = tryAll(candidates);
  if (result !== undefined) return result;
  const deadline = Deadline.start(options);
  if (deadline?.remaining === 0) throw deadline.timedOut(allTimeout(candidates));

  using resources = new DisposableStack();
  const controller = new AbortController();
  const { signal } = controller;
  for (const { source: { handle } } of candidates) {
    const onClose = () => controller.abort(closedMeanwhile(handle.label));
    resources.defer(handle.onClose(onClose));
  }
  using _watch = deadline?.watch((reason) => controller.abort(reason), () => TIMED_OUT, false);
  const keepsAlive = () => keepAlive(candidates);
  let interval = 1;
  for (;;) {
    const missing = firstUnsignaled(candidates);
    if (missing === undefined) {
      await nextPoll(interval, keepsAlive, signal);
      interval = Math.min(2 * interval, LONGEST_INTERVAL);
    } else {
      await untilSignaled(missing, candidates, signal);
      interval = 1;
    }
    const isOver = signal.reason === TIMED_OUT;
    if (!isOver) signal.throwIfAborted();
    const result = tryAll(candidates);
    if (result !== undefined) return result;
    if (isOver && deadline !== undefined) throw deadline.timedOut(allTimeout(candidates));
  }
}

/**
 * Waits until all of several objects are signaled at the same time, blocking the thread, and
 * consumes all their signals.
 *
 * Up to 64 objects are one wait of Windows, which consumes all signals or none. For more, the rules
 * of {@linkcode waitAll} hold.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)".
 *
 * @param objects What to wait for; not empty, and each only once.
 * @param options How long to wait.
 * @returns The locks of the mutexes.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.Busy} If one of the objects is a mutex that this thread owns already.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {Deno.errors.PermissionDenied} If one of the handles has no right to wait.
 * @throws {TypeError} If the list is empty, an object is in it twice, something in it is not a
 * synchronization object, or an option does not exist or is of a wrong type.
 * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`, or
 * if more than 64 objects of a longer list cannot be restored.
 *
 * @example
 * ```ts
 * import { EventObject, waitAllSync } from "@winipc/winipc/sync";
 *
 * using left = EventObject.create({ signaled: true });
 * using right = EventObject.create({ signaled: true });
 * waitAllSync([left, right], { timeout: 1_000 });
 * ```
 */
export function waitAllSync(
  objects: readonly SynchronizationObject[],
  options: WaitSyncOptions = {},
): WaitAllResult {
  checkOptions(options, WAIT_SYNC_OPTIONS, "waitAllSync()");
  const { timeout } = options;
  const milliseconds = windowsTimeout(timeout);
  const candidates = candidatesOfAll(objects, "waitAllSync()");
  assertNoHeldMutex(candidates);
  const result = candidates.length <= MAXIMUM_WAIT_OBJECTS
    ? resultOf(candidates, blockForAll(candidates, milliseconds))
    : blockForGroups(candidates, options);
  if (result === undefined) throw timeoutError(timeout ?? Infinity, allTimeout(candidates));
  return result;
}

/** Waits for more objects than Windows takes at once, blocking the thread. */
function blockForGroups(
  candidates: readonly Candidate[],
  options: WaitSyncOptions,
): WaitAllResult | undefined {
  const deadline = Deadline.start(options);
  let interval = 1;
  for (;;) {
    const left = deadline?.remainingForWindows ?? INFINITE;
    const result = tryAll(candidates);
    if (result !== undefined || left === 0) return result;
    const missing = firstUnsignaled(candidates);
    if (missing === undefined) {
      sleep(Math.min(interval, left));
      interval = Math.min(2 * interval, LONGEST_INTERVAL);
    } else {
      blockUntilSignaled(missing, left);
      interval = 1;
    }
  }
}

/** Consumes all signals if all are there, or none. */
function tryAll(candidates: readonly Candidate[]): WaitAllResult | undefined {
  if (candidates.some(isHeldMutex)) return undefined;
  const done = candidates.length <= MAXIMUM_WAIT_OBJECTS
    ? blockForAll(candidates, 0)
    : tryGroups(candidates);
  return resultOf(candidates, done);
}

/** Consumes group after group, and restores what has been consumed if one is not complete. */
function tryGroups(
  candidates: readonly Candidate[],
): { readonly abandoned: boolean } | undefined {
  const irreversible = candidates.filter(isIrreversible);
  const groups = groupsOf(candidates.filter((candidate) => !isIrreversible(candidate)));
  if (irreversible.length > 0) groups.push(irreversible);
  const signals = candidates.map(({ source }) => new TentativeSignal(source));
  const consumed = new Set<number>();
  let abandoned = false;
  let complete = false;
  try {
    for (const group of groups) {
      const done = blockForAll(group, 0);
      if (done === undefined) return undefined;
      abandoned ||= done.abandoned;
      for (const { index } of group) consumed.add(index);
    }
    complete = true;
    return { abandoned };
  } finally {
    for (const [index, signal] of signals.entries()) {
      if (complete || !consumed.has(index)) signal.commit();
      else signal.rollback();
    }
  }
}

function isIrreversible({ source }: Candidate): boolean {
  return source.consume === "irreversible";
}

/** The first object that has no signal now, as far as that can be told without consuming it. */
function firstUnsignaled(candidates: readonly Candidate[]): SignalSource | undefined {
  return candidates.map(({ source }) => source).find((source) => {
    if (source.consume === "none") return tryWait(source.handle) === "unsignaled";
    return source.consume === "reversible" && source.isSignaled?.() === false;
  });
}

/**
 * Waits until an object is signaled or `signal` aborts, without keeping the signal of the object.
 *
 * @param candidates All objects, each of which may keep the program alive.
 */
async function untilSignaled(
  source: SignalSource,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<void> {
  const tentative = new TentativeSignal(source);
  try {
    await waitForObject(source.handle, { signal }, {
      retain() {
        for (const { eventLoopRef } of candidates) eventLoopRef.retain();
      },
      release() {
        for (const { eventLoopRef } of candidates) eventLoopRef.release();
      },
    });
  } catch (error) {
    tentative.commit();
    if (signal.aborted) return;
    throw error;
  }
  tentative.rollback();
}

/** The same for a time in milliseconds as Windows takes it, blocking the thread. */
function blockUntilSignaled(source: SignalSource, milliseconds: number): void {
  const tentative = new TentativeSignal(source);
  let status: WaitStatus = "unsignaled";
  try {
    status = waitOnThread(source.handle, milliseconds);
  } finally {
    if (status === "unsignaled") tentative.commit();
    else tentative.rollback();
  }
}

/**
 * Waits for an interval in milliseconds, until this thread releases a mutex, or until `signal`
 * aborts.
 */
async function nextPoll(
  interval: number,
  keepsAlive: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _poller = new Poller(resolve, keepsAlive, interval);
  using _watch = Deadline.start({ signal })?.watch(() => resolve(), () => undefined);
  await promise;
}

/** Blocks the thread for a time in milliseconds. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function candidatesOfAll(objects: readonly SynchronizationObject[], call: string): Candidate[] {
  const candidates = candidatesOf(objects, call);
  if (new Set(objects).size < objects.length) {
    throw new TypeError(`${call} takes each object only once`);
  }
  const irreversible = candidates.filter(isIrreversible).length;
  if (candidates.length > MAXIMUM_WAIT_OBJECTS && irreversible > MAXIMUM_WAIT_OBJECTS) {
    throw new RangeError(
      `At most ${MAXIMUM_WAIT_OBJECTS} objects of a longer list may be mutexes, shared auto-reset timers or opened with ` +
        `waitOnly, as their signals cannot be restored: this list has ${irreversible}`,
    );
  }
  return candidates;
}

/** Names the object that was missing, as far as that can be told. */
function allTimeout(candidates: readonly Candidate[]): TimeoutContext {
  const missing = firstUnsignaled(candidates);
  return multipleTimeout(
    `Not all of the ${candidates.length} objects were signaled`,
    missing && `no signal from the ${missing.handle.label}`,
  );
}

function resultOf(
  candidates: readonly Candidate[],
  done: { readonly abandoned: boolean } | undefined,
): WaitAllResult | undefined {
  if (done === undefined) return undefined;
  const { abandoned } = done;
  const locks = candidates.flatMap((candidate) => adoptMutex(candidate, abandoned) ?? []);
  return {
    locks,
    abandoned,
    [Symbol.dispose]() {
      for (const lock of locks) lock.release();
    },
  };
}
