import { lastWin32Error } from "../error/windows_error.ts";
import { decodeWide, encodeWide } from "../text/wide_string.ts";
import { kernel32, MEM_COMMIT, MEM_RESERVE, PAGE_READWRITE } from "../../win32/kernel32.ts";

// The one place of a process where its threads of JavaScript find each other's native resources.
// Isolates share no JavaScript, so it lies in native memory, and its address is the name of an
// atom: the local atom table belongs to the process, and no other process sees it ("About Atom
// Tables"). If two threads make the first registry at the same moment there are two of them, of
// which later threads use the same one; what is in the other is then only reclaimed with the
// process.

/** Changes with the layout, as programs may load two versions of this package. */
const NAME = "winipc-threads-1-";
const FIRST_ATOM = 0xc000;
/** How many atoms are looked at. Hardly any program has local atoms. */
const MOST_ATOMS = 64;
const LONGEST_NAME = 255;

const PAGE_SIZE = 64 * 1024;
const WORDS_PER_RECORD = 16;
const HEADER_WORDS = 16;
const RECORDS = PAGE_SIZE / 8 / WORDS_PER_RECORD - HEADER_WORDS / WORDS_PER_RECORD;
/** Index in the header of the address of the code page, 0 until a thread has made it. */
const CODE_PAGE = 0;

/** Whether a record is in use. */
const STATE = 0;
const FREE = 0n;
const USED = 1n;
/** A thread looks whether the owner has ended, and if so frees what it had. */
const BEING_RECLAIMED = 2n;

/** The fields of a record, by the index of their 64-bit word. */
export const FIELD = {
  threadId: 1,
  /** A handle to the thread, to see whether it has ended. */
  thread: 2,
  /** The heap with all native memory of the thread. */
  heap: 3,
  /** The completion port, or 0. */
  port: 4,
  /** The address of the count that a wait for packets writes when it returns; see `reclaim.ts`. */
  waitState: 5,
  /** The first slab of I/O blocks, or 0. */
  blocks: 6,
  /** The first chunk of calls that run when the thread ends. */
  calls: 7,
  /** The thread-pool wait for the end of the thread. */
  endWait: 8,
  /** The address of a word that is not 0 when those calls have been made. */
  callsDone: 9,
} as const;

/**
 * The records of this isolate. They are kept at the global object, as a program may load this
 * package several times: a record of this thread that is not among them is one of an isolate that
 * had the thread before.
 */
const OWN_RECORDS = Symbol.for("winipc.threadRecords");

function ownRecords(): Set<number> {
  const holder = globalThis as { [OWN_RECORDS]?: Set<number> };
  if (holder[OWN_RECORDS] === undefined) {
    Object.defineProperty(holder, OWN_RECORDS, { value: new Set<number>() });
  }
  return holder[OWN_RECORDS] as Set<number>;
}

/**
 * What one thread of JavaScript has, as 64-bit words in native memory that every thread of the
 * process can read.
 */
export class ThreadRecord {
  readonly #words: BigUint64Array<ArrayBuffer>;
  readonly #offset: number;

  constructor(words: BigUint64Array<ArrayBuffer>, index: number) {
    this.#words = words;
    this.#offset = HEADER_WORDS + index * WORDS_PER_RECORD;
  }

  get(field: number): bigint {
    return Atomics.load(this.#words, this.#offset + field);
  }

  set(field: number, value: bigint): void {
    Atomics.store(this.#words, this.#offset + field, value);
  }

  /** Takes a free record. */
  claim(): boolean {
    if (!this.#exchange(FREE, USED)) return false;
    ownRecords().add(this.#offset);
    return true;
  }

  /** Whether this isolate has taken it. */
  get isOwn(): boolean {
    return ownRecords().has(this.#offset);
  }

  /** Takes the record of a thread, so that no other looks after it meanwhile. */
  beginReclaim(): boolean {
    return this.#exchange(USED, BEING_RECLAIMED);
  }

  /** Ends that: the record is free, or there is still something to reclaim. */
  endReclaim(done: boolean): void {
    if (done) { for (const field of Object.values(FIELD)) this.set(field, 0n); }
    this.set(STATE, done ? FREE : USED);
  }

  #exchange(from: bigint, to: bigint): boolean {
    return Atomics.compareExchange(this.#words, this.#offset + STATE, from, to) === from;
  }
}

/** All threads of the process that have native resources. */
export class ThreadRegistry {
  readonly #words: BigUint64Array<ArrayBuffer>;

  private constructor(address: Deno.PointerObject) {
    this.#words = new BigUint64Array(Deno.UnsafePointerView.getArrayBuffer(address, PAGE_SIZE));
  }

  /** Finds the registry of this process, or makes it. */
  static open(): ThreadRegistry {
    const address = findAddress() ?? publish();
    return new ThreadRegistry(Deno.UnsafePointer.create(address) as Deno.PointerObject);
  }

  *records(): Generator<ThreadRecord> {
    for (let index = 0; index < RECORDS; index++) yield new ThreadRecord(this.#words, index);
  }

  /**
   * A record for this thread, or nothing if all are taken: what the thread has then lasts as long
   * as the process.
   */
  claim(): ThreadRecord | undefined {
    return this.records().find((record) => record.claim());
  }

  /** The code page of this process, made by `create` if there is none. */
  codePage(create: () => bigint): bigint {
    const page = Atomics.load(this.#words, CODE_PAGE);
    if (page !== 0n) return page;
    const made = create();
    // If another thread has been faster, its page is used, and this one is left alone.
    const first = Atomics.compareExchange(this.#words, CODE_PAGE, 0n, made);
    return first === 0n ? made : first;
  }
}

function findAddress(): bigint | undefined {
  const { GetAtomNameW } = kernel32();
  const name = new Uint16Array(LONGEST_NAME + 1);
  for (let atom = FIRST_ATOM; atom < FIRST_ATOM + MOST_ATOMS; atom++) {
    // Its failure is that there is no such atom.
    const length = GetAtomNameW(atom, name, name.length);
    const text = decodeWide(name.subarray(0, length));
    if (text.startsWith(NAME)) return BigInt(`0x${text.slice(NAME.length)}`);
  }
}

function publish(): bigint {
  const memory = kernel32().VirtualAlloc(
    null,
    BigInt(PAGE_SIZE),
    MEM_COMMIT | MEM_RESERVE,
    PAGE_READWRITE,
  );
  if (memory === null) {
    throw lastWin32Error({ operation: "VirtualAlloc", doing: "Cannot allocate native memory" });
  }
  const address = Deno.UnsafePointer.value(memory);
  if (kernel32().AddAtomW(encodeWide(`${NAME}${address.toString(16)}`)) === 0) {
    throw lastWin32Error({ operation: "AddAtomW", doing: "Cannot publish the thread registry" });
  }
  return findAddress() ?? address;
}
