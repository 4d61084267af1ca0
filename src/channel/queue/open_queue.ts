import { lastErrorCode } from "../../core/error/windows_error.ts";
import type { OwnedHandle } from "../../core/handle/owned_handle.ts";
import { adoptCreated } from "../../core/handle/named_object.ts";
import { quoteName } from "../../core/text/object_name.ts";
import { encodeWide } from "../../core/text/wide_string.ts";
import { type Security, securityAttributes } from "../../security/attributes.ts";
import { SEMAPHORE_MODIFY_STATE, SYNCHRONIZE } from "../../win32/kernel32.ts";
import { kernel32 } from "../../win32/kernel32.ts";
import { openIfThere } from "../open_if_there.ts";
import { SetUpLock } from "../set_up_lock.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import {
  checkCapacity,
  checkQueueName,
  HEADER_SIZE,
  isCapacity,
  LONG,
  mappingName,
  mutexName,
  RING_AT,
  semaphoreName,
} from "./layout.ts";
import type { SharedQueueCreateOptions, SharedQueueOpenOptions } from "./options.ts";
import { QueueMemory } from "./queue_memory.ts";
import { PROTOCOL_TIMES, type QueueTimes } from "./subscriber.ts";

/** A queue that is open. */
export interface OpenQueue {
  readonly name: string;
  readonly label: string;
  readonly security: Security | undefined;
  readonly existed: boolean;
  readonly times: QueueTimes;
  readonly memory: QueueMemory;
  readonly semaphore: OwnedHandle;
}

/**
 * How long another participant may take to set the queue up, in milliseconds. It takes microseconds, so who takes longer is stopped, and
 * waiting blocks the thread.
 */
const SET_UP_TIMEOUT = 10_000;

/** `LONG` of winnt.h: as many permits as a semaphore may have. */
const MAX_COUNT = 0x7fff_ffff;

/** Makes a queue, or joins the one that is there; see `SharedQueue.create()`. */
export function createQueue(
  options: SharedQueueCreateOptions,
  times: QueueTimes = PROTOCOL_TIMES,
): OpenQueue {
  const { name, capacity, security, exclusive = false } = options;
  checkQueueName(name);
  checkCapacity(capacity);
  return setUp(options, times, () => {
    // What is there is opened, not created over: it may be smaller, which would be told in terms of its whole size.
    const existing = exclusive ? undefined : openIfThere({ name: mappingName(name) });
    return existing ?? SharedMemory.create({
      name: mappingName(name),
      size: RING_AT + capacity,
      security,
      exclusive: true,
    });
  });
}

/** Joins a queue; see `SharedQueue.open()`. */
export function openQueue(
  options: SharedQueueOpenOptions,
  times: QueueTimes = PROTOCOL_TIMES,
): OpenQueue {
  const { name, capacity } = options;
  checkQueueName(name);
  if (capacity !== undefined) checkCapacity(capacity);
  return setUp(options, times, () => SharedMemory.open({ name: mappingName(name) }));
}

/**
 * Everything happens under the mutex: so nobody has the memory open before it is initialized, and it is gone if who makes it ends
 * before that.
 */
function setUp(
  { name, security, capacity: wanted }: SharedQueueOpenOptions,
  times: QueueTimes,
  makeOrOpen: () => SharedMemory,
): OpenQueue {
  const label = `queue ${quoteName(name)}`;
  const mutex = mutexName(name);
  using lock = SetUpLock.create(mutex, { kind: "mutex", name: mutex }, security);
  return lock.hold(SET_UP_TIMEOUT, () => {
    using opened = new DisposableStack();
    const section = opened.use(makeOrOpen());
    const capacity = initialize(section, wanted, label);
    const semaphore = opened.use(openSemaphore(name, security));
    const memory = new QueueMemory(section, capacity, label);
    opened.move();
    return { name, label, security, existed: section.existed, times, memory, semaphore };
  });
}

/** Sets the capacity of new memory, or reads what it is. */
function initialize(memory: SharedMemory, wanted: number | undefined, label: string): number {
  if (memory.size < RING_AT) {
    throw new Deno.errors.InvalidData(
      `The ${label} is none: its memory has ${memory.size} bytes, which no capacity makes`,
    );
  }
  using header = memory.view({ length: HEADER_SIZE });
  const longs = new BigInt64Array(header.buffer, 0, HEADER_SIZE / 8);
  const found = Number(longs[LONG.capacity]);
  const capacity = found === 0 ? wanted : found;
  if (capacity === undefined || !isCapacity(capacity)) {
    throw new Deno.errors.InvalidData(`The ${label} is none: ${found} is no capacity`);
  }
  if (wanted !== undefined && wanted !== capacity) {
    throw new RangeError(
      `The ${label} has capacity ${capacity}, and ${wanted} was asked for: all its participants must agree`,
    );
  }
  if (memory.size < RING_AT + capacity) {
    throw new Deno.errors.InvalidData(
      `The ${label} is none: its memory has ${memory.size} bytes, too few for capacity ${capacity}`,
    );
  }
  if (found === 0) longs[LONG.capacity] = BigInt(capacity);
  return capacity;
}

function openSemaphore(name: string, security: Security | undefined): OwnedHandle {
  const object = { kind: "semaphore", name: semaphoreName(name) };
  const value = kernel32().CreateSemaphoreExW(
    securityAttributes(security).bytes,
    0,
    MAX_COUNT,
    encodeWide(object.name),
    0,
    SYNCHRONIZE | SEMAPHORE_MODIFY_STATE,
  );
  return adoptCreated(value, lastErrorCode(), object, "CreateSemaphoreExW").handle;
}
