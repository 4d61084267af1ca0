import type { OwnedHandle } from "../../core/handle/owned_handle.ts";
import { hasEnded, openProcess, type ProcessIdentity } from "../../process/process_identity.ts";
import { OWNER, ownerWord, type Role, STATE, stateWord } from "./layout.ts";

/** The process that has, or had, a role. */
export function ownerOf(words: Int32Array, role: Role): ProcessIdentity {
  const owner = ownerWord(role);
  const low = BigInt(words[owner + OWNER.createdLow] >>> 0);
  const high = BigInt(words[owner + OWNER.createdHigh] >>> 0);
  return { processId: words[owner + OWNER.processId] >>> 0, createdAt: high << 32n | low };
}

/**
 * How often loops check the other process, in milliseconds: a check is a call of Windows, and slow
 * beside the rest of a ring.
 */
const CHECK_INTERVAL = 100;

/**
 * The other side of a ring, and whether it is still there.
 *
 * Its process is kept open from the first check on: a process that has ended leaves its state at
 * "present", and its id to another process.
 */
export class Peer implements Disposable {
  readonly #words: Int32Array;
  readonly #role: Role;
  /**
   * The generation of the owner record that was checked last. Every process that takes the role
   * increases it.
   */
  #generation: number | undefined;
  #process: OwnedHandle | undefined;
  #ended = false;
  #nextCheck = 0;

  constructor(words: Int32Array, role: Role) {
    this.#words = words;
    this.#role = role;
  }

  /** Whether it has left, or its process has ended; not if it has never been there. */
  isDisconnected(): boolean {
    const state = this.#state();
    if (state !== STATE.present) return state === STATE.left;
    // A process that takes the role writes its identity before it changes the generation. So what
    // is read in between may belong to neither process, and counts for the old generation, which is
    // over in any case.
    const generation = this.#currentGeneration();
    if (generation !== this.#generation) this.#check(generation);
    else if (this.#process !== undefined && hasEnded(this.#process)) this.#ended = true;
    return this.#ended;
  }

  /**
   * As `isDisconnected`, for loops: a process that has ended may be noticed a tenth of a second
   * later.
   */
  pollDisconnected(): boolean {
    if (this.#state() === STATE.left) return true;
    if (this.#ended && this.#currentGeneration() === this.#generation) return true;
    const now = performance.now();
    if (now < this.#nextCheck) return false;
    this.#nextCheck = now + CHECK_INTERVAL;
    return this.isDisconnected();
  }

  /** Whether it has come, and has not disconnected. */
  isPresent(): boolean {
    return this.#state() === STATE.present && !this.isDisconnected();
  }

  #state(): number {
    return Atomics.load(this.#words, stateWord(this.#role));
  }

  #currentGeneration(): number {
    return Atomics.load(this.#words, ownerWord(this.#role) + OWNER.generation);
  }

  #check(generation: number): void {
    this.#process?.close();
    const process = openProcess(ownerOf(this.#words, this.#role));
    this.#process = typeof process === "string" ? undefined : process;
    this.#ended = process === "ended";
    // A process that may not be opened is checked again each time: when it has ended, there is none
    // to open.
    this.#generation = process === "unknown" ? undefined : generation;
  }

  [Symbol.dispose](): void {
    this.#process?.close();
  }
}
