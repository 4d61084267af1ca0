import { quoteName } from "../../core/text/object_name.ts";
import type { Security } from "../../security/attributes.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { Mutex, type MutexLock } from "../../sync/mutex.ts";
import { Semaphore } from "../../sync/semaphore.ts";
import {
  HEADER_SIZE,
  isCapacity,
  LONG,
  mappingName,
  mutexName,
  RING_AT,
  semaphoreName,
} from "./layout.ts";
import { Notification } from "./notification.ts";
import type { SharedQueueCreateOptions, SharedQueueOpenOptions } from "./options.ts";
import { QueueMemory } from "./queue_memory.ts";
import { PROTOCOL_TIMES, type QueueTimes } from "./subscriber.ts";

/** A queue that is open, before this process is a member of it. */
export interface OpenQueue {
  readonly name: string;
  /** What the queue is called in messages. */
  readonly label: string;
  readonly security: Security | undefined;
  readonly existed: boolean;
  readonly times: QueueTimes;
  readonly memory: QueueMemory;
  readonly notification: Notification;
}

/**
 * How long another member may take to set the queue up, in milliseconds. It takes microseconds,
 * unless its process is stopped.
 */
const SET_UP_TIMEOUT = 10_000;

/** `LONG` of winnt.h: as many permits as a semaphore may have. */
const MAX_COUNT = 0x7fff_ffff;

/**
 * Creates a queue, or joins the one that exists; the options are checked. See
 * `SharedQueue.create()`.
 */
export function createQueue(
  options: SharedQueueCreateOptions,
  times: QueueTimes = PROTOCOL_TIMES,
): OpenQueue {
  const { capacity, security, exclusive = false } = options;
  const name = mappingName(options.name);
  return setUp(options, times, lockInTime, () => {
    try {
      return SharedMemory.create({ name, size: RING_AT + capacity, security, exclusive: true });
    } catch (error) {
      // What exists is opened, not created over: it may be of another capacity.
      if (exclusive || !(error instanceof Deno.errors.AlreadyExists)) throw error;
      return SharedMemory.open({ name });
    }
  });
}

/**
 * Joins a queue; the options are checked. See `SharedQueue.open()`.
 *
 * @param waits Whether it is tried again later, and so need not wait for others that set it up.
 * @throws {Deno.errors.WouldBlock} If `waits` is set, and another member sets it up just now.
 */
export function openQueue(options: SharedQueueOpenOptions, waits: boolean): OpenQueue {
  const lock = waits ? lockNow : lockInTime;
  const open = () => SharedMemory.open({ name: mappingName(options.name) });
  return setUp(options, PROTOCOL_TIMES, lock, open);
}

function lockInTime(mutex: Mutex): MutexLock {
  return mutex.lockSync({ timeout: SET_UP_TIMEOUT });
}

function lockNow(mutex: Mutex): MutexLock {
  const lock = mutex.tryLock();
  if (lock !== undefined) return lock;
  throw new Deno.errors.WouldBlock("another member keeps it from being set up");
}

/** What a queue is called in messages. */
export function queueLabel(name: string): string {
  return `queue ${quoteName(name)}`;
}

/**
 * Everything happens under the mutex: so no process has the memory open before it is initialized,
 * and it is gone if its creator ends before that.
 */
function setUp(
  { name, security, capacity: wanted }: SharedQueueOpenOptions,
  times: QueueTimes,
  lock: (mutex: Mutex) => MutexLock,
  createOrOpen: () => SharedMemory,
): OpenQueue {
  const label = queueLabel(name);
  using mutex = Mutex.create({ name: mutexName(name), security });
  // A lock that was abandoned is as good: what its owner did is done again.
  using _lock = lock(mutex);
  using opened = new DisposableStack();
  const section = opened.use(createOrOpen());
  const capacity = initialize(section, wanted, name);
  const semaphore = opened.use(
    Semaphore.create({ name: semaphoreName(name), maximum: MAX_COUNT, initial: 0, security }),
  );
  const memory = new QueueMemory(section, capacity, label);
  const notification = new Notification(memory, semaphore);
  opened.move();
  return { name, label, security, existed: section.existed, times, memory, notification };
}

/** Sets the capacity of new memory, or reads the capacity it has. */
function initialize(memory: SharedMemory, wanted: number | undefined, name: string): number {
  if (memory.size < RING_AT) throw notQueue(name, `${memory.size} bytes is too small`);
  using header = memory.view({ length: HEADER_SIZE });
  const longs = new BigInt64Array(header.buffer, 0, HEADER_SIZE / 8);
  const found = Number(longs[LONG.capacity]);
  const capacity = found === 0 ? wanted : found;
  if (capacity === undefined || !isCapacity(capacity)) {
    throw notQueue(name, `${found} is not a valid capacity`);
  }
  if (wanted !== undefined && wanted !== capacity) {
    throw new RangeError(
      `Cannot join queue ${
        quoteName(name)
      } with capacity ${wanted}: it has capacity ${capacity}, ` +
        "and all members must use the same",
    );
  }
  if (memory.size < RING_AT + capacity) {
    throw notQueue(name, `${memory.size} bytes is too small for capacity ${capacity}`);
  }
  if (found === 0) longs[LONG.capacity] = BigInt(capacity);
  return capacity;
}

function notQueue(name: string, reason: string): Error {
  return new Deno.errors.InvalidData(
    `Shared memory ${quoteName(mappingName(name))} is not a queue: ${reason}`,
  );
}
