import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import {
  closedMeanwhile,
  tryWait,
  waitForObject,
  waitForObjectSync,
} from "../core/wait/wait_single.ts";
import { MAXIMUM_WAIT_OBJECTS } from "../win32/kernel32.ts";
import type { MutexLock } from "./mutex_lock.ts";
import {
  adoptMutex,
  groupsOf,
  isHeldMutex,
  type Place,
  placesOf,
  timedOutMultiple,
  waitForAll,
} from "./native_wait.ts";
import type { Participant } from "./participant.ts";
import { LONGEST_PAUSE, Poller } from "./poller.ts";
import { participantOf, type SynchronizationObject } from "./synchronization_object.ts";

/** The outcome of {@linkcode waitAll}. Disposing of it releases the locks. */
export interface WaitAllResult extends Disposable {
  /** The locks of the mutexes in the list, in its order. */
  readonly locks: readonly MutexLock[];
  /**
   * Whether one of the mutexes was abandoned by its owner. Windows does not say which, so all locks have `abandoned` set: see
   * {@linkcode MutexLock.abandoned}.
   */
  readonly abandoned: boolean;
}

/**
 * Waits until all of several objects are signaled at the same time, without blocking the thread, and takes all their signals. A
 * mutex counts as signaled while it is free; taking it is owning it.
 *
 * While it waits, it holds none of them: two programs that wait for the same objects in another order do not block each other. It waits
 * for one that is missing, and then tries to take all at once. So an object that is signaled only for a moment, because others take its
 * signal, may be missed. With more than 64 objects, those with a signal that can be given back are taken in
 * groups, for an instant, and given back if another is missing; mutexes, auto-reset timers and objects opened with
 * `waitOnly` are taken last and at once, so there may be at most 64 of these.
 *
 * Mutexes, auto-reset timers and objects opened with `waitOnly` are looked at by this thread, with pauses from 1 to 16 ms.
 *
 * A call that rejects has taken nothing.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)", "SetThreadpoolWait function (threadpoolapiset.h)".
 *
 * @param objects What to wait for; not empty, and each only once.
 * @param options How long to wait.
 * @returns When all signals are taken: the locks of the mutexes.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If one of the objects is closed, before or meanwhile.
 * @throws {TypeError} If the list is empty, an object is in it twice or something in it is not a synchronization object.
 * @throws {RangeError} If the timeout is out of range, or over 64 objects of a longer list cannot be given back.
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
  const rest = startWait(options);
  const places = placesOfAll(objects);
  options.signal?.throwIfAborted();
  using ending = endingOf(places, options.signal);
  const { signal } = ending;
  let pause = 1;
  for (;;) {
    const result = takeAll(places);
    if (result !== undefined) return result;
    const left = windowsTimeout(rest?.timeout);
    const missing = firstUnsignaled(places);
    if (left === 0) throw timedOutAll(places, options.timeout, missing);
    if (missing === undefined) {
      await nextLook(Math.min(pause, left), signal);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    } else {
      await seeSignal(missing, signal, rest?.timeout);
      pause = 1;
    }
    signal.throwIfAborted();
  }
}

/**
 * Waits until all of several objects are signaled at the same time, blocking the thread, and takes all their signals.
 *
 * Up to 64 objects are one wait of Windows, which takes all or none. For more, the rules of {@linkcode waitAll} hold.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)".
 *
 * @param objects What to wait for; not empty, and each only once.
 * @param options How long to wait.
 * @returns The locks of the mutexes.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.Busy} If one of the objects is a mutex that this thread holds already.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {TypeError} If the list is empty, an object is in it twice or something in it is not a synchronization object.
 * @throws {RangeError} If the timeout is out of range, or over 64 objects of a longer list cannot be given back.
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
  const milliseconds = windowsTimeout(options.timeout);
  const rest = startWait(options);
  const places = placesOfAll(objects);
  for (const { participant } of places) {
    if (participant.taking === "final") participant.mutex?.refuseIfHeldByThisThread();
  }
  if (places.length <= MAXIMUM_WAIT_OBJECTS) {
    const done = waitForAll(places, milliseconds);
    if (done === undefined) throw timedOutAll(places, options.timeout, firstUnsignaled(places));
    return resultOf(places, done.abandoned);
  }
  let pause = 1;
  for (;;) {
    const result = takeAll(places);
    if (result !== undefined) return result;
    const left = windowsTimeout(rest?.timeout);
    const missing = firstUnsignaled(places);
    if (left === 0) throw timedOutAll(places, options.timeout, missing);
    if (missing === undefined) {
      sleep(Math.min(pause, left));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    } else {
      seeSignalSync(missing, rest?.timeout);
      pause = 1;
    }
  }
}

/** Takes all signals if all are there, or none. */
function takeAll(places: readonly Place[]): WaitAllResult | undefined {
  if (places.some(isHeldMutex)) return undefined;
  const done = places.length <= MAXIMUM_WAIT_OBJECTS ? waitForAll(places, 0) : takeGroups(places);
  return done && resultOf(places, done.abandoned);
}

/** Takes group after group, and gives back what has been taken if one is not complete. */
function takeGroups(places: readonly Place[]): { readonly abandoned: boolean } | undefined {
  const [returnable, final] = byTaking(places);
  const groups = groupsOf(returnable);
  if (final.length > 0) groups.push(final);
  const loans = places.map(({ participant }) =>
    participant.taking === "returnable" ? participant.borrow() : undefined
  );
  const taken = new Set<number>();
  let abandoned = false;
  let complete = false;
  try {
    for (const group of groups) {
      const done = waitForAll(group, 0);
      if (done === undefined) return undefined;
      abandoned ||= done.abandoned;
      for (const { index } of group) taken.add(index);
    }
    complete = true;
    return { abandoned };
  } finally {
    for (const [index, loan] of loans.entries()) {
      if (complete || !taken.has(index)) loan?.keep();
      else loan?.giveBack();
    }
  }
}

/** Splits into what can be given back, if only because it stays, and what cannot. */
function byTaking(places: readonly Place[]): [returnable: Place[], final: Place[]] {
  const isFinal = ({ participant }: Place) => participant.taking === "final";
  return [places.filter((place) => !isFinal(place)), places.filter(isFinal)];
}

/** The first object that has no signal now, as far as that can be told without taking it. */
function firstUnsignaled(places: readonly Place[]): Participant | undefined {
  return places.map(({ participant }) => participant).find((participant) => {
    if (participant.taking === "lasting") return tryWait(participant.handle) === "unsignaled";
    return participant.taking === "returnable" && participant.isSignaled?.() === false;
  });
}

/** Waits until an object is signaled, or the timeout has passed, without keeping the signal. */
async function seeSignal(
  participant: Participant,
  signal: AbortSignal,
  timeout: number | undefined,
): Promise<void> {
  const loan = participant.taking === "returnable" ? participant.borrow() : undefined;
  try {
    await waitForObject(participant.handle, { signal, timeout });
  } catch (error) {
    loan?.keep();
    if (!signal.aborted && error instanceof Deno.errors.TimedOut) return;
    throw error;
  }
  loan?.giveBack();
}

/** The same, blocking the thread. */
function seeSignalSync(participant: Participant, timeout: number | undefined): void {
  const loan = participant.taking === "returnable" ? participant.borrow() : undefined;
  try {
    waitForObjectSync(participant.handle, { timeout });
  } catch (error) {
    loan?.keep();
    if (error instanceof Deno.errors.TimedOut) return;
    throw error;
  }
  loan?.giveBack();
}

/** Waits for a pause in milliseconds, or until this thread releases a mutex. */
async function nextLook(pause: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const poller = new Poller(resolve, pause);
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort);
  await promise;
  signal.removeEventListener("abort", onAbort);
  poller.stop();
}

/** Blocks the thread for a time in milliseconds. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** What ends a wait early: the user's signal, or that one of the objects is closed. */
function endingOf(
  places: readonly Place[],
  userSignal: AbortSignal | undefined,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const onAbort = () => controller.abort(userSignal?.reason);
  userSignal?.addEventListener("abort", onAbort);
  const cleanups = places.map(({ participant: { handle } }) =>
    handle.onClose(() => controller.abort(closedMeanwhile(handle.label)))
  );
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      userSignal?.removeEventListener("abort", onAbort);
      for (const cleanup of cleanups) cleanup();
    },
  };
}

function placesOfAll(objects: readonly SynchronizationObject[]): Place[] {
  if (!Array.isArray(objects)) throw new TypeError("Objects to wait for are given as an array");
  if (objects.length === 0) throw new TypeError("A wait for all objects needs at least one");
  const places = placesOf(objects.map(participantOf));
  if (new Set(objects).size < objects.length) {
    throw new TypeError("A wait for all objects takes each of them only once");
  }
  const [, final] = byTaking(places);
  if (places.length > MAXIMUM_WAIT_OBJECTS && final.length > MAXIMUM_WAIT_OBJECTS) {
    throw new RangeError(
      `At most ${MAXIMUM_WAIT_OBJECTS} of the objects of a longer list may be mutexes, auto-reset timers or opened with ` +
        `waitOnly, as these cannot be given back: here are ${final.length}`,
    );
  }
  return places;
}

function timedOutAll(
  places: readonly Place[],
  timeout: number | undefined,
  missing: Participant | undefined,
): Error {
  const which = missing === undefined ? "" : `: no signal from the ${missing.handle.label}`;
  return timedOutMultiple(
    `Not all of the ${places.length} objects were signaled within ${timeout} ms${which}`,
  );
}

function resultOf(places: readonly Place[], abandoned: boolean): WaitAllResult {
  const locks = places.flatMap((place) => adoptMutex(place, abandoned) ?? []);
  return {
    locks,
    abandoned,
    [Symbol.dispose]() {
      for (const lock of locks) lock.release();
    },
  };
}
