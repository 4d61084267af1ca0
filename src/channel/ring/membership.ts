import { type NamedObject, objectLabel } from "../../core/handle/named_object.ts";
import { checkObjectName } from "../../core/text/object_name.ts";
import { currentProcess, mayLive } from "../../process/process_identity.ts";
import { openIfThere } from "../open_if_there.ts";
import { checkSize } from "../../shared_memory/range.ts";
import { SetUpLock } from "../set_up_lock.ts";
import { SharedMemory } from "../../shared_memory/shared_memory.ts";
import {
  CLAIM,
  DATA_AT,
  distance,
  type Geometry,
  geometryFault,
  MAGIC,
  otherRole,
  POSITION_MASK,
  type Role,
  spoilt,
  STATE,
  VERSION,
  WORD,
} from "./layout.ts";
import type { RingCreateOptions, RingOpenOptions } from "./options.ts";
import { claimant, claimWord, Peer, stateWord } from "./peer.ts";
import { WakeEvent } from "./wake_event.ts";

const DEFAULT_CAPACITY = 2 ** 20;
/** How long to wait for others that join, in milliseconds. */
const PATIENCE = 5000;

/** A process's part in a ring: one of its roles, and all it needs for it. */
export interface Membership extends Disposable {
  readonly name: string;
  /** What the ring is called in messages. */
  readonly label: string;
  readonly role: Role;
  readonly geometry: Geometry;
  /** All of the shared memory. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What this side sleeps on, and what the other one does. */
  readonly ownEvent: WakeEvent;
  readonly peerEvent: WakeEvent;
  readonly peer: Peer;
}

/** Makes a ring, or opens the one that has the name, and takes a role in it. */
export function createMembership(role: Role, options: RingCreateOptions): Membership {
  const { name, capacity, slotSize, exclusive = false, security } = options;
  checkName(name);
  if (slotSize !== undefined) checkSize(slotSize, "slotSize");
  const wanted = { capacity: capacity ?? DEFAULT_CAPACITY, slotSize: slotSize ?? 0 };
  const fault = geometryFault(wanted);
  if (fault !== undefined) throw new RangeError(fault);
  using opened = new DisposableStack();
  const ring = ringObject(name);
  const lock = opened.use(SetUpLock.create(`${name}.join`, ring, security));
  const membership = lock.hold(PATIENCE, () => {
    const dataEvent = opened.use(WakeEvent.create(`${name}.data`, ring, security));
    const spaceEvent = opened.use(WakeEvent.create(`${name}.space`, ring, security));
    const existing = openIfThere({ name });
    if (existing !== undefined) opened.use(existing);
    if (existing !== undefined && isInitialised(existing)) {
      if (exclusive) throw existsError(ring);
      const geometry = readGeometry(existing, ring);
      checkSame(
        geometry,
        { capacity: capacity ?? geometry.capacity, slotSize: wanted.slotSize },
        ring,
      );
      return takeRole(role, { ring, memory: existing, geometry, dataEvent, spaceEvent });
    }
    const size = DATA_AT + wanted.capacity;
    const memory = existing ?? opened.use(SharedMemory.create({ name, size, security }));
    if (memory.size < size) throw notRing(ring);
    initialise(memory, wanted);
    return takeRole(role, { ring, memory, geometry: wanted, dataEvent, spaceEvent });
  });
  return closedWith(membership, opened.move());
}

/** Opens a ring that exists, and takes a role in it. */
export function openMembership(role: Role, { name }: RingOpenOptions): Membership {
  checkName(name);
  using opened = new DisposableStack();
  const ring = ringObject(name);
  const lock = opened.use(SetUpLock.open(`${name}.join`, ring));
  const membership = lock.hold(PATIENCE, () => {
    const dataEvent = opened.use(WakeEvent.open(`${name}.data`, ring));
    const spaceEvent = opened.use(WakeEvent.open(`${name}.space`, ring));
    const memory = opened.use(SharedMemory.open({ name }));
    const geometry = readGeometry(memory, ring);
    return takeRole(role, { ring, memory, geometry, dataEvent, spaceEvent });
  });
  return closedWith(membership, opened.move());
}

function ringObject(name: string): NamedObject {
  return { kind: "ring channel", name };
}

function checkName(name: string): void {
  checkObjectName(name, "ring channel");
  checkObjectName(`${name}.space`, "ring channel's event");
}

/** Memory whose maker ended before the ring was complete is as new: the magic number is written last. */
function isInitialised(memory: SharedMemory): boolean {
  return new DataView(memory.buffer).getInt32(0, true) !== 0;
}

function initialise(memory: SharedMemory, { capacity, slotSize }: Geometry): void {
  const words = wordsOf(memory);
  words[WORD.version] = VERSION;
  words[WORD.dataAt] = DATA_AT;
  words[WORD.capacity] = capacity;
  words[WORD.slotSize] = slotSize;
  Atomics.store(words, WORD.magic, MAGIC);
}

/**
 * Reads the header, once, and checks it against the memory there is.
 *
 * @throws {Deno.errors.InvalidData} If it is not that of a ring.
 */
function readGeometry(memory: SharedMemory, ring: NamedObject): Geometry {
  if (memory.size < DATA_AT) throw notRing(ring);
  const header = wordsOf(memory).slice(0, WORD.slotSize + 1);
  const version = header[WORD.version] >>> 0;
  if (header[WORD.magic] !== MAGIC) throw notRing(ring);
  if (version !== VERSION) {
    throw new Deno.errors.InvalidData(
      `The ${
        objectLabel(ring)
      } has a layout of version ${version}, and this is for version ${VERSION}`,
    );
  }
  const geometry = {
    capacity: header[WORD.capacity] >>> 0,
    slotSize: header[WORD.slotSize] >>> 0,
  };
  const fault = geometryFault(geometry);
  if (fault !== undefined) throw spoilt(objectLabel(ring), fault);
  if (header[WORD.dataAt] !== DATA_AT) {
    throw spoilt(objectLabel(ring), `its data begin at ${header[WORD.dataAt] >>> 0}`);
  }
  if (DATA_AT + geometry.capacity > memory.size) {
    throw spoilt(
      objectLabel(ring),
      `its capacity of ${geometry.capacity} bytes is more than its memory has`,
    );
  }
  return geometry;
}

function checkSame(found: Geometry, wanted: Geometry, ring: NamedObject): void {
  if (found.capacity === wanted.capacity && found.slotSize === wanted.slotSize) return;
  const describe = ({ capacity, slotSize }: Geometry) =>
    `${capacity} bytes for ${
      slotSize === 0 ? "messages of any size" : `slots of ${slotSize} bytes`
    }`;
  throw new RangeError(
    `The ${objectLabel(ring)} exists with ${describe(found)}, and ${
      describe(wanted)
    } were asked for`,
  );
}

function existsError(ring: NamedObject): Error {
  return new Deno.errors.AlreadyExists(`Cannot create ${objectLabel(ring)}: it exists`);
}

function notRing(ring: NamedObject): Error {
  return new Deno.errors.InvalidData(
    `The shared memory of ${objectLabel(ring)} is not that of a ring`,
  );
}

function wordsOf(memory: SharedMemory, size = DATA_AT): Int32Array<ArrayBuffer> {
  return new Int32Array(memory.buffer, 0, size / Int32Array.BYTES_PER_ELEMENT);
}

/** A ring that is open, before a role is taken in it. */
interface OpenRing {
  readonly ring: NamedObject;
  readonly memory: SharedMemory;
  readonly geometry: Geometry;
  readonly dataEvent: WakeEvent;
  readonly spaceEvent: WakeEvent;
}

/**
 * Takes a role; called with the lock held.
 *
 * @throws {Deno.errors.Busy} If a process that lives has it.
 */
function takeRole(role: Role, open: OpenRing): Omit<Membership, typeof Symbol.dispose> {
  const { ring, memory, geometry, dataEvent, spaceEvent } = open;
  const label = objectLabel(ring);
  const size = DATA_AT + geometry.capacity;
  const words = wordsOf(memory, size);
  refuseSecond(words, role, label);
  const read = Atomics.load(words, WORD.readPosition) & POSITION_MASK;
  const written = Atomics.load(words, WORD.writePosition) & POSITION_MASK;
  if (distance(read, written, geometry.capacity) < 0) {
    throw spoilt(label, `it is read up to ${read >>> 0} and written up to ${written >>> 0}`);
  }
  const claim = claimWord(role);
  const { processId, createdAt } = currentProcess();
  words[claim + CLAIM.processId] = processId;
  words[claim + CLAIM.createdLow] = Number(createdAt & 0xffff_ffffn);
  words[claim + CLAIM.createdHigh] = Number(createdAt >> 32n);
  Atomics.add(words, claim + CLAIM.generation, 1);
  Atomics.store(words, stateWord(role), STATE.present);
  const [ownEvent, peerEvent] = role === "writer"
    ? [spaceEvent, dataEvent]
    : [dataEvent, spaceEvent];
  // Who sleeps has known the one before, or nobody.
  peerEvent.set();
  return {
    name: String(ring.name),
    label,
    role,
    geometry,
    words,
    bytes: memory.bytes.subarray(0, size),
    ownEvent,
    peerEvent,
    peer: new Peer(words, otherRole(role)),
  };
}

function refuseSecond(words: Int32Array, role: Role, label: string): void {
  if (Atomics.load(words, stateWord(role)) !== STATE.present) return;
  const owner = claimant(words, role);
  if (!mayLive(owner)) return;
  throw new Deno.errors.Busy(`The ${label} has a ${role} already: process ${owner.processId}`);
}

/** Adds how to leave. */
function closedWith(
  membership: Omit<Membership, typeof Symbol.dispose>,
  opened: DisposableStack,
): Membership {
  opened.use(membership.peer);
  // Done before the rest is closed, as a stack is undone from its top.
  opened.defer(() => {
    Atomics.store(membership.words, stateWord(membership.role), STATE.left);
    membership.peerEvent.set();
  });
  return { ...membership, [Symbol.dispose]: () => opened.dispose() };
}
