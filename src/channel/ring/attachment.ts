import { currentProcess, mayLive } from "../../process/process_identity.ts";
import type { SharedMemoryOpenOptions } from "../../shared_memory/options.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import { EventObject } from "../../sync/event_object.ts";
import { Mutex, type MutexLock } from "../../sync/mutex.ts";
import { quoteName } from "../../core/text/object_name.ts";
import {
  bytesBetween,
  corrupted,
  DATA_AT,
  type Geometry,
  geometryFault,
  loadPosition,
  MAGIC,
  otherRole,
  OWNER,
  ownerWord,
  type Role,
  STATE,
  stateWord,
  VERSION,
  WORD,
} from "./layout.ts";
import { type RingCreateOptions, type RingOpenOptions, wantedGeometry } from "./options.ts";
import { ownerOf, Peer } from "./peer.ts";

/** How long to wait for other processes that join, in milliseconds: each takes well below one. */
const JOIN_TIMEOUT = 5000;

/** A ring that is open, before a role is taken in it. */
interface OpenRing {
  readonly name: string;
  readonly memory: SharedMemory;
  readonly geometry: Geometry;
  /** What the reader sleeps on. */
  readonly dataEvent: EventObject;
  /** What the writer sleeps on. */
  readonly spaceEvent: EventObject;
}

/**
 * A process's attachment to a ring: one of its two roles, and all objects that are needed for it.
 *
 * Processes join under a mutex. If one ends while it joins, the mutex is abandoned, and the next
 * one starts from the words as they are. While messages flow, the mutex is not used.
 */
export class RingAttachment implements Disposable {
  readonly name: string;
  /** What the ring is called in messages. */
  readonly label: string;
  readonly role: Role;
  readonly geometry: Geometry;
  /** All of the shared memory, as 32-bit words and as bytes. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What this side sleeps on. */
  readonly ownEvent: EventObject;
  /** What the other side sleeps on. */
  readonly peerEvent: EventObject;
  readonly peer: Peer;
  readonly #resources: DisposableStack;

  private constructor(role: Role, ring: OpenRing, resources: DisposableStack) {
    const { name, memory, geometry, dataEvent, spaceEvent } = ring;
    this.name = name;
    this.label = ringLabel(name);
    this.role = role;
    this.geometry = geometry;
    this.words = wordsOf(memory, DATA_AT + geometry.capacity);
    this.bytes = memory.bytes.subarray(0, DATA_AT + geometry.capacity);
    this.ownEvent = role === "writer" ? spaceEvent : dataEvent;
    this.peerEvent = role === "writer" ? dataEvent : spaceEvent;
    this.peer = new Peer(this.words, otherRole(role));
    this.#resources = resources;
    resources.use(this.peer);
  }

  /**
   * Creates a ring, or opens the one that has the name, and takes a role in it; the options are
   * checked.
   */
  static create(role: Role, options: RingCreateOptions): RingAttachment {
    const { name, exclusive = false, security } = options;
    const wanted = wantedGeometry(options);
    using resources = new DisposableStack();
    const join = resources.use(Mutex.create({ name: `${name}.join`, security }));
    using _lock = join.lockSync({ timeout: JOIN_TIMEOUT });
    const dataEvent = resources.use(EventObject.create({ name: `${name}.data`, security }));
    const spaceEvent = resources.use(EventObject.create({ name: `${name}.space`, security }));
    const existing = openIfExists({ name });
    if (existing !== undefined) resources.use(existing);
    if (existing !== undefined && isInitialized(existing)) {
      if (exclusive) throw existsError(name);
      const geometry = readGeometry(existing, name);
      const capacity = wanted.isCapacityGiven ? wanted.capacity : geometry.capacity;
      checkSame(geometry, { capacity, slotSize: wanted.slotSize }, name);
      const ring = { name, memory: existing, geometry, dataEvent, spaceEvent };
      return RingAttachment.#attach(role, ring, resources);
    }
    const size = DATA_AT + wanted.capacity;
    const memory = existing ?? resources.use(SharedMemory.create({ name, size, security }));
    if (memory.size < size) throw tooSmall(memory, name);
    initialize(memory, wanted);
    const ring = { name, memory, geometry: wanted, dataEvent, spaceEvent };
    return RingAttachment.#attach(role, ring, resources);
  }

  /**
   * Opens a ring that exists, and takes a role in it; the options are checked.
   *
   * @param waits Whether it is tried again later, and so need not wait for others that join.
   * @throws {Deno.errors.WouldBlock} If `waits` is set, and another process joins just now.
   */
  static open(role: Role, { name }: RingOpenOptions, waits: boolean): RingAttachment {
    using resources = new DisposableStack();
    const join = resources.use(openJoin(name));
    using _lock = waits ? lockNow(join) : join.lockSync({ timeout: JOIN_TIMEOUT });
    const dataEvent = resources.use(EventObject.open({ name: `${name}.data` }));
    const spaceEvent = resources.use(EventObject.open({ name: `${name}.space` }));
    const memory = resources.use(SharedMemory.open({ name }));
    const geometry = readGeometry(memory, name);
    const ring = { name, memory, geometry, dataEvent, spaceEvent };
    return RingAttachment.#attach(role, ring, resources);
  }

  /**
   * Takes a role; the mutex is held. The resources then belong to the result.
   *
   * @throws {Deno.errors.Busy} If a process that is alive has the role.
   */
  static #attach(role: Role, ring: OpenRing, resources: DisposableStack): RingAttachment {
    const { memory, geometry: { capacity } } = ring;
    const label = ringLabel(ring.name);
    const words = wordsOf(memory, DATA_AT);
    refuseSecond(words, role, label);
    const read = loadPosition(words, WORD.readPosition);
    const written = loadPosition(words, WORD.writePosition);
    if (bytesBetween(read, written, capacity) < 0) {
      throw corrupted(label, `it is read up to ${read >>> 0} and written up to ${written >>> 0}`);
    }
    takeRole(words, role);
    const attachment = new RingAttachment(role, ring, resources.move());
    // A side that sleeps knows the process before this one, or none.
    attachment.peerEvent.signal();
    return attachment;
  }

  /** Leaves the ring and closes its objects. */
  [Symbol.dispose](): void {
    using _resources = this.#resources;
    Atomics.store(this.words, stateWord(this.role), STATE.left);
    this.peerEvent.signal();
  }
}

/** What a ring is called in messages. */
export function ringLabel(name: string): string {
  return `ring channel ${quoteName(name)}`;
}

/** The first object to be opened: without it there is no ring. */
function openJoin(name: string): Mutex {
  try {
    return Mutex.open({ name: `${name}.join` });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot open the ${ringLabel(name)}: it does not exist, or both sides have left it`,
      { cause: error.cause },
    );
  }
}

function lockNow(join: Mutex): MutexLock {
  const lock = join.tryLock();
  if (lock !== undefined) return lock;
  throw new Deno.errors.WouldBlock("another process keeps it from being joined");
}

function openIfExists(options: SharedMemoryOpenOptions): SharedMemory | undefined {
  try {
    return SharedMemory.open(options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Memory whose creator ended before the ring was complete counts as new: the magic number is
 * written last.
 */
function isInitialized(memory: SharedMemory): boolean {
  return new DataView(memory.buffer).getInt32(0, true) !== 0;
}

function initialize(memory: SharedMemory, { capacity, slotSize }: Geometry): void {
  const words = wordsOf(memory, DATA_AT);
  words[WORD.version] = VERSION;
  words[WORD.dataAt] = DATA_AT;
  words[WORD.capacity] = capacity;
  words[WORD.slotSize] = slotSize;
  Atomics.store(words, WORD.magic, MAGIC);
}

/**
 * Reads the header, once, and checks it against the memory there is.
 *
 * @throws {Deno.errors.InvalidData} If it is not the header of a ring.
 */
function readGeometry(memory: SharedMemory, name: string): Geometry {
  if (memory.size < DATA_AT) throw tooSmall(memory, name);
  const header = wordsOf(memory, DATA_AT).slice(0, WORD.slotSize + 1);
  const version = header[WORD.version] >>> 0;
  if (header[WORD.magic] !== MAGIC) throw notRing(name, "it does not begin with the bytes WRNG");
  const label = ringLabel(name);
  if (version !== VERSION) {
    throw new Deno.errors.InvalidData(
      `The ${label} has a layout of version ${version}, and only version ${VERSION} is supported`,
    );
  }
  const capacity = header[WORD.capacity] >>> 0;
  const slotSize = header[WORD.slotSize] >>> 0;
  const fault = geometryFault({ capacity, slotSize });
  if (fault !== undefined) throw corrupted(label, fault);
  if (header[WORD.dataAt] !== DATA_AT) {
    throw corrupted(label, `its data begin at ${header[WORD.dataAt] >>> 0}, not at ${DATA_AT}`);
  }
  if (DATA_AT + capacity > memory.size) {
    throw corrupted(label, `its capacity of ${capacity} bytes is more than its memory has`);
  }
  return { capacity, slotSize };
}

function checkSame(found: Geometry, wanted: Geometry, name: string): void {
  if (found.capacity === wanted.capacity && found.slotSize === wanted.slotSize) return;
  const describe = ({ capacity, slotSize }: Geometry) =>
    `${capacity} bytes for ${
      slotSize === 0 ? "messages of any size" : `slots of ${slotSize} bytes`
    }`;
  throw new RangeError(
    `Cannot create the ${ringLabel(name)} with ${describe(wanted)}: it exists with ${
      describe(found)
    }`,
  );
}

/** @throws {Deno.errors.Busy} If the role belongs to a process that is alive. */
function refuseSecond(words: Int32Array, role: Role, label: string): void {
  if (Atomics.load(words, stateWord(role)) !== STATE.present) return;
  const owner = ownerOf(words, role);
  if (!mayLive(owner)) return;
  throw new Deno.errors.Busy(`The ${label} already has a ${role}: process ${owner.processId}`);
}

function takeRole(words: Int32Array, role: Role): void {
  const owner = ownerWord(role);
  const { processId, createdAt } = currentProcess();
  words[owner + OWNER.processId] = processId;
  words[owner + OWNER.createdLow] = Number(createdAt & 0xffff_ffffn);
  words[owner + OWNER.createdHigh] = Number(createdAt >> 32n);
  Atomics.add(words, owner + OWNER.generation, 1);
  // Last: a process that ends before this has not taken the role.
  Atomics.store(words, stateWord(role), STATE.present);
}

function existsError(name: string): Error {
  return new Deno.errors.AlreadyExists(`Cannot create the ${ringLabel(name)}: it already exists`);
}

function notRing(name: string, reason: string): Error {
  return new Deno.errors.InvalidData(
    `Shared memory ${quoteName(name)} is not a ring channel: ${reason}`,
  );
}

function tooSmall(memory: SharedMemory, name: string): Error {
  return notRing(name, `${memory.size} bytes is too small`);
}

function wordsOf(memory: SharedMemory, size: number): Int32Array<ArrayBuffer> {
  return new Int32Array(memory.buffer, 0, size / Int32Array.BYTES_PER_ELEMENT);
}
