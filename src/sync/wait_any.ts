import {
  startWait,
  type WaitOptions,
  type WaitSyncOptions,
  windowsTimeout,
} from "../core/options/wait_options.ts";
import { MAXIMUM_WAIT_OBJECTS } from "../win32/kernel32.ts";
import type { MutexLock } from "./mutex_lock.ts";
import {
  groupsOf,
  type Place,
  placesOf,
  takeAny,
  type Taken,
  timedOutMultiple,
  waitForAny,
} from "./native_wait.ts";
import { Race } from "./race.ts";
import { participantOf, type SynchronizationObject } from "./synchronization_object.ts";

/**
 * How long a blocking wait for more objects than Windows takes at once stays at one group of them, in milliseconds. Windows
 * rounds it up to a step of the system clock, at most 15.6 ms.
 */
const SLICE = 1;

/** The outcome of {@linkcode waitAny}. Disposing of it releases the lock, if there is one. */
export interface WaitAnyResult<T extends SynchronizationObject> extends Disposable {
  /** The place in the list of the object that was signaled. */
  readonly index: number;
  /** That object. */
  readonly object: T;
  /** Its lock if it is a mutex, else `null`. */
  readonly lock: MutexLock | null;
  /** Whether it is a mutex whose owner before ended without releasing it: see {@linkcode MutexLock.abandoned}. */
  readonly abandoned: boolean;
}

/**
 * Waits until one of several objects is signaled, without blocking the thread, and takes the signal of that one alone. A mutex
 * counts as signaled while it is free; taking it is owning it.
 *
 * There may be any number of objects. If several are signaled at the start, the first in the list is taken. Later it is the
 * first that Windows reports; one whose signal was taken in the same moment gets it back before this resolves, by `SetEvent` or
 * `ReleaseSemaphore`, so for an instant others may find it without.
 *
 * Mutexes, auto-reset timers that have a name or whose handle was given away, and objects opened with `waitOnly` that cannot be given back
 * are looked at by this thread, with pauses from 1 to 16 ms. A mutex that this thread holds is passed over until it is released.
 *
 * If `signal` aborts, the timeout passes or an object is closed when a signal has already been taken, the wait resolves: one that rejects has taken
 * nothing.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)", "SetThreadpoolWait function (threadpoolapiset.h)".
 *
 * @param objects What to wait for; not empty.
 * @param options How long to wait.
 * @returns Which object was signaled.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.BadResource} If one of the objects is closed, before or meanwhile.
 * @throws {TypeError} If the list is empty or something in it is not a synchronization object.
 * @throws {RangeError} If the timeout is out of range.
 * @throws The reason of `signal`, if it aborts.
 *
 * @example Work until told to stop
 * ```ts
 * import { EventObject, Semaphore, waitAny } from "@winipc/winipc/sync";
 *
 * using stop = EventObject.create({ name: "Local\\stop", manualReset: true });
 * using jobs = Semaphore.create({ name: "Local\\jobs", initial: 0, maximum: 1000 });
 * while ((await waitAny([stop, jobs])).object !== stop) {
 *   console.log("one more job");
 * }
 * ```
 */
export async function waitAny<T extends SynchronizationObject>(
  objects: readonly T[],
  options: WaitOptions = {},
): Promise<WaitAnyResult<T>> {
  const milliseconds = windowsTimeout(options.timeout);
  const places = placesOfAny(objects);
  options.signal?.throwIfAborted();
  // The user may change the list meanwhile.
  const list = [...objects];
  const taken = takeAny(places);
  if (taken !== undefined) return resultOf(list, taken);
  if (milliseconds === 0) throw timedOutAny(places, 0);
  return resultOf(list, await new Race(places, options).taken);
}

/**
 * Waits until one of several objects is signaled, blocking the thread, and takes the signal of that one alone: the first in the list,
 * if several are.
 *
 * Up to 64 objects are one wait of Windows. More are looked at in groups of 64, so that exactly one signal is
 * taken; a signal is then noticed up to 15.6 ms late, as Windows' clock steps.
 *
 * Windows documentation: "WaitForMultipleObjects function (synchapi.h)".
 *
 * @param objects What to wait for; not empty.
 * @param options How long to wait.
 * @returns Which object was signaled.
 * @throws {Deno.errors.TimedOut} If the timeout passes first.
 * @throws {Deno.errors.Busy} If one of the objects is a mutex that this thread holds already.
 * @throws {Deno.errors.BadResource} If one of the objects is closed.
 * @throws {TypeError} If the list is empty or something in it is not a synchronization object.
 * @throws {RangeError} If the timeout is out of range.
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
  const milliseconds = windowsTimeout(options.timeout);
  const places = placesOfAny(objects);
  for (const { participant } of places) {
    if (participant.taking === "final") participant.mutex?.refuseIfHeldByThisThread();
  }
  const taken = places.length <= MAXIMUM_WAIT_OBJECTS
    ? waitForAny(places, milliseconds)
    : waitInSlices(places, options);
  if (taken === undefined) throw timedOutAny(places, options.timeout);
  return resultOf(objects, taken);
}

/** Blocks at one group after the other, and looks at all of them in between. */
function waitInSlices(places: readonly Place[], options: WaitSyncOptions): Taken | undefined {
  const groups = groupsOf(places);
  const rest = startWait(options);
  for (let turn = 0;; turn = (turn + 1) % groups.length) {
    const left = windowsTimeout(rest?.timeout);
    const taken = takeAny(places) ?? waitForAny(groups[turn], Math.min(SLICE, left));
    if (taken !== undefined || left === 0) return taken;
  }
}

function placesOfAny(objects: readonly SynchronizationObject[]): Place[] {
  if (!Array.isArray(objects)) throw new TypeError("Objects to wait for are given as an array");
  if (objects.length === 0) throw new TypeError("A wait for any object needs at least one");
  return placesOf(objects.map(participantOf));
}

function timedOutAny(places: readonly Place[], timeout: number | undefined): Error {
  return timedOutMultiple(
    `No signal from any of the ${places.length} objects within ${timeout} ms`,
  );
}

function resultOf<T extends SynchronizationObject>(
  objects: readonly T[],
  { index, lock }: Taken,
): WaitAnyResult<T> {
  return {
    index,
    object: objects[index],
    lock,
    abandoned: lock?.abandoned ?? false,
    [Symbol.dispose]: () => lock?.release(),
  };
}
