import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";
import type {
  SyncCreateOptions,
  SynchronizationObject,
  SyncOpenOptions,
} from "../../../src/sync/mod.ts";

/** One kind of object, for tests of what all of them have in common. */
export interface Kind {
  /** What messages call it. */
  readonly words: string;
  create(options?: SyncCreateOptions): SynchronizationObject;
  open(options: SyncOpenOptions): SynchronizationObject;
  fromHandle(handle: bigint): SynchronizationObject;
}

export const KINDS: readonly Kind[] = [
  {
    words: "event",
    create: (options) => EventObject.create(options),
    open: (options) => EventObject.open(options),
    fromHandle: (handle) => EventObject.fromHandle(handle),
  },
  {
    words: "mutex",
    create: (options) => Mutex.create(options),
    open: (options) => Mutex.open(options),
    fromHandle: (handle) => Mutex.fromHandle(handle),
  },
  {
    words: "semaphore",
    create: (options) => Semaphore.create({ maximum: 1, ...options }),
    open: (options) => Semaphore.open(options),
    fromHandle: (handle) => Semaphore.fromHandle(handle),
  },
  {
    words: "waitable timer",
    create: (options) => WaitableTimer.create(options),
    open: (options) => WaitableTimer.open(options),
    fromHandle: (handle) => WaitableTimer.fromHandle(handle),
  },
];

/** Every pair of different kinds. */
export const OTHER_KINDS = KINDS.flatMap((kind) =>
  KINDS.filter((other) => other !== kind).map((other) => ({ kind, other }))
);
