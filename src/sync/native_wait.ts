import { lastWin32Error, Win32Error } from "../core/error/windows_error.ts";
import {
  MAXIMUM_WAIT_OBJECTS,
  WAIT_ABANDONED_0,
  WAIT_FAILED,
  WAIT_OBJECT_0,
} from "../win32/kernel32.ts";
import { WAIT_TIMEOUT } from "../win32/error_codes.ts";
import { kernel32 } from "../win32/kernel32.ts";
import type { MutexLock } from "./mutex_lock.ts";
import type { Participant } from "./participant.ts";

/** A signal that was taken from one of several objects. */
export interface Taken {
  readonly index: number;
  /** The ownership, if the object is a mutex. */
  readonly lock: MutexLock | null;
}

/** An object with its place in the user's list. */
export interface Place {
  readonly participant: Participant;
  readonly index: number;
}

export function placesOf(participants: readonly Participant[]): Place[] {
  return participants.map((participant, index) => ({ participant, index }));
}

/** Splits into groups of as many as Windows takes at once. */
export function groupsOf(places: readonly Place[]): Place[][] {
  const groups: Place[][] = [];
  for (let start = 0; start < places.length; start += MAXIMUM_WAIT_OBJECTS) {
    groups.push(places.slice(start, start + MAXIMUM_WAIT_OBJECTS));
  }
  return groups;
}

/** Whether it is a mutex that this thread holds, which Windows would let the thread into again. */
export function isHeldMutex({ participant }: Place): boolean {
  return participant.taking === "final" && participant.mutex?.isHeldByThisThread() === true;
}

/** Takes the first signal there is, without waiting. Mutexes that this thread holds are passed over. */
export function takeAny(places: readonly Place[]): Taken | undefined {
  for (const group of groupsOf(places)) {
    const free = group.filter((place) => !isHeldMutex(place));
    const taken = free.length === 0 ? undefined : waitForAny(free, 0);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

/**
 * Waits until one of a group's objects is signaled, blocking the thread, and takes its signal: the first in the list if there are several.
 *
 * @param milliseconds The timeout as Windows takes it; 0 only looks.
 */
export function waitForAny(group: readonly Place[], milliseconds: number): Taken | undefined {
  const result = waitForMultipleObjects(group, false, milliseconds);
  if (result === WAIT_TIMEOUT) return undefined;
  const abandoned = result >= WAIT_ABANDONED_0;
  const place = group[result - (abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0)];
  return { index: place.index, lock: adoptMutex(place, abandoned) };
}

/**
 * Waits until all of a group's objects are signaled at the same time, blocking the thread, and takes all their signals.
 *
 * @param milliseconds The timeout as Windows takes it; 0 only looks.
 * @returns Whether a mutex among them was abandoned; nothing if the timeout passed and no signal was taken.
 */
export function waitForAll(
  group: readonly Place[],
  milliseconds: number,
): { readonly abandoned: boolean } | undefined {
  const result = waitForMultipleObjects(group, true, milliseconds);
  return result === WAIT_TIMEOUT ? undefined : { abandoned: result >= WAIT_ABANDONED_0 };
}

/** Makes the lock of a mutex that this thread has just got. */
export function adoptMutex({ participant }: Place, abandoned: boolean): MutexLock | null {
  if (participant.taking !== "final" || participant.mutex === undefined) return null;
  return participant.mutex.adopt(abandoned);
}

/** The error for a wait whose timeout has passed. */
export function timedOutMultiple(message: string): Error {
  const cause = new Win32Error(WAIT_TIMEOUT, { operation: "WaitForMultipleObjects" });
  return new Deno.errors.TimedOut(message, { cause });
}

function waitForMultipleObjects(
  group: readonly Place[],
  all: boolean,
  milliseconds: number,
): number {
  const handles = BigUint64Array.from(group, ({ participant }) => participant.handle.number);
  const result = kernel32().WaitForMultipleObjects(
    handles.length,
    handles,
    all ? 1 : 0,
    milliseconds,
  );
  if (result === WAIT_FAILED) {
    const label = group.length === 1
      ? group[0].participant.handle.label
      : `${group.length} objects`;
    throw lastWin32Error({
      operation: "WaitForMultipleObjects",
      object: label,
      doing: `Cannot wait for the ${label}`,
    });
  }
  return result;
}
