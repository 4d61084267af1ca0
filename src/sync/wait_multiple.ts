import { lastWin32Error } from "../core/error/windows_error.ts";
import type { TimeoutContext } from "../core/io/deadline.ts";
import type { EventLoopRef } from "../core/io/event_loop_ref.ts";
import {
  kernel32,
  MAXIMUM_WAIT_OBJECTS,
  WAIT_ABANDONED_0,
  WAIT_FAILED,
  WAIT_OBJECT_0,
} from "../win32/kernel32.ts";
import { WAIT_TIMEOUT } from "../win32/error_codes.ts";
import type { MutexLock } from "./mutex.ts";
import {
  eventLoopRefOf,
  SIGNAL_SOURCE,
  type SignalSource,
  SynchronizationObject,
} from "./synchronization_object.ts";

const OPERATION = "WaitForMultipleObjects";

/** An object that a wait may consume the signal of. */
export interface Candidate {
  readonly source: SignalSource;
  /** Says whether waiting for it keeps the program alive. */
  readonly eventLoopRef: EventLoopRef;
  /** Its index in the caller's list. */
  readonly index: number;
}

/** The signal that a wait for any object has consumed. */
export interface WaitResult {
  readonly index: number;
  /** The lock, if the object is a mutex. */
  readonly lock: MutexLock | undefined;
}

/**
 * Checks the list of a wait for several objects.
 *
 * @param call The public call, for messages: `waitAny()`.
 * @throws {TypeError} If it is not an array, is empty, or has something in it that cannot be waited
 * for.
 */
export function candidatesOf(objects: readonly SynchronizationObject[], call: string): Candidate[] {
  if (!Array.isArray(objects)) {
    throw new TypeError(`${call} needs an array of objects, not ${Deno.inspect(objects)}`);
  }
  if (objects.length === 0) throw new TypeError(`${call} needs at least one object`);
  return objects.map((object: unknown, index) => {
    if (object instanceof SynchronizationObject) {
      return { source: object[SIGNAL_SOURCE](), eventLoopRef: eventLoopRefOf(object), index };
    }
    throw new TypeError(
      `${call} waits for EventObject, Mutex, Semaphore, WaitableTimer and ProcessObject, not for ${
        Deno.inspect(object)
      }, which is at index ${index}`,
    );
  });
}

/** Whether a wait for all of them keeps the program alive: it does if one of them does. */
export function keepAlive(candidates: readonly Candidate[]): boolean {
  return candidates.some(({ eventLoopRef }) => eventLoopRef.isRef);
}

/** Splits into groups that Windows can wait for at once. */
export function groupsOf(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (let start = 0; start < candidates.length; start += MAXIMUM_WAIT_OBJECTS) {
    groups.push(candidates.slice(start, start + MAXIMUM_WAIT_OBJECTS));
  }
  return groups;
}

/** Whether it is a mutex that this thread owns: Windows would let the thread in again. */
export function isHeldMutex({ source }: Candidate): boolean {
  return source.consume === "irreversible" && source.mutex?.isHeld() === true;
}

/**
 * @throws {Deno.errors.Busy} If one is a mutex that this thread owns: a blocking wait for it would
 * not end.
 */
export function assertNoHeldMutex(candidates: readonly Candidate[]): void {
  for (const { source } of candidates) {
    if (source.consume === "irreversible") source.mutex?.assertNotHeld();
  }
}

/**
 * Consumes the first signal there is, without waiting. Mutexes that this thread owns are skipped.
 */
export function tryAny(candidates: readonly Candidate[]): WaitResult | undefined {
  for (const group of groupsOf(candidates)) {
    const free = group.filter((candidate) => !isHeldMutex(candidate));
    const result = free.length === 0 ? undefined : blockForAny(free, 0);
    if (result !== undefined) return result;
  }
  return undefined;
}

/**
 * Waits until one object of a group is signaled, blocking the thread, and consumes its signal: the
 * first in the group if there are several.
 *
 * @param milliseconds The timeout as Windows takes it; 0 does not wait.
 */
export function blockForAny(
  group: readonly Candidate[],
  milliseconds: number,
): WaitResult | undefined {
  const result = waitForMultipleObjects(group, false, milliseconds);
  if (result === WAIT_TIMEOUT) return undefined;
  const abandoned = result >= WAIT_ABANDONED_0;
  const candidate = group[result - (abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0)];
  return { index: candidate.index, lock: adoptMutex(candidate, abandoned) };
}

/**
 * Waits until all objects of a group are signaled at the same time, blocking the thread, and
 * consumes all their signals.
 *
 * @param milliseconds The timeout as Windows takes it; 0 does not wait.
 * @returns Whether a mutex among them was abandoned; `undefined` if the timeout passed and no
 * signal was consumed.
 */
export function blockForAll(
  group: readonly Candidate[],
  milliseconds: number,
): { readonly abandoned: boolean } | undefined {
  const result = waitForMultipleObjects(group, true, milliseconds);
  return result === WAIT_TIMEOUT ? undefined : { abandoned: result >= WAIT_ABANDONED_0 };
}

/** Makes the lock if the object is a mutex, which this thread has just got. */
export function adoptMutex({ source }: Candidate, abandoned: boolean): MutexLock | undefined {
  return source.consume === "irreversible" ? source.mutex?.adopt(abandoned) : undefined;
}

/** What a wait for several objects has to say when its time is over. */
export function multipleTimeout(doing: string, hint?: string): TimeoutContext {
  return { operation: OPERATION, doing, hint };
}

function waitForMultipleObjects(
  group: readonly Candidate[],
  all: boolean,
  milliseconds: number,
): number {
  const handles = BigUint64Array.from(group, ({ source }) => source.handle.number);
  const result = kernel32().WaitForMultipleObjects(
    handles.length,
    handles,
    all ? 1 : 0,
    milliseconds,
  );
  if (result === WAIT_FAILED) {
    const what = group.length === 1
      ? `the ${group[0].source.handle.label}`
      : `${group.length} objects`;
    throw lastWin32Error({ operation: OPERATION, object: what, doing: `Cannot wait for ${what}` });
  }
  return result;
}
