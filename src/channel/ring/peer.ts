import type { OwnedHandle } from "../../core/handle/owned_handle.ts";
import { hasEnded, openProcess, type ProcessIdentity } from "../../process/process_identity.ts";
import { CLAIM, type Role, STATE, WORD } from "./layout.ts";

/** The word of a side's state. */
export function stateWord(role: Role): number {
  return role === "writer" ? WORD.writerState : WORD.readerState;
}

/** The first word of a side's claim. */
export function claimWord(role: Role): number {
  return role === "writer" ? WORD.writerClaim : WORD.readerClaim;
}

/** Who has, or had, a role. */
export function claimant(words: Int32Array, role: Role): ProcessIdentity {
  const claim = claimWord(role);
  const low = BigInt(words[claim + CLAIM.createdLow] >>> 0);
  const high = BigInt(words[claim + CLAIM.createdHigh] >>> 0);
  return { processId: words[claim + CLAIM.processId] >>> 0, createdAt: high << 32n | low };
}

/**
 * How often a process is looked at where that is done again and again, in milliseconds: it is a call of Windows, and slow
 * beside what else is done in a ring.
 */
const LOOK_INTERVAL = 100;

/**
 * The other side of a ring, and whether it is still there.
 *
 * Its process is kept open from when it is first asked about: a process that has ended leaves its state at "present", and
 * its number to another one.
 */
export class Peer implements Disposable {
  readonly #words: Int32Array;
  readonly #role: Role;
  /** The generation of the claim that was looked at last. Every process that takes the role makes it one more. */
  #generation: number | undefined;
  #process: OwnedHandle | undefined;
  #ended = false;
  #nextLook = 0;

  constructor(words: Int32Array, role: Role) {
    this.#words = words;
    this.#role = role;
  }

  /** Whether it has left, or its process has ended; not if it has never been there. */
  isGone(): boolean {
    const state = this.#state();
    if (state !== STATE.present) return state === STATE.left;
    // Whoever takes the role writes who it is before it changes the generation. So what is read in between is about a process that
    // may be neither this one nor that one, and counts for the old generation, which is gone in any case.
    const generation = this.#currentGeneration();
    if (generation !== this.#generation) this.#look(generation);
    else if (this.#process !== undefined && hasEnded(this.#process)) this.#ended = true;
    return this.#ended;
  }

  /** As `isGone`, but a process that has ended may be noticed a tenth of a second later. For loops. */
  isGoneLately(): boolean {
    if (this.#state() === STATE.left) return true;
    if (this.#ended && this.#currentGeneration() === this.#generation) return true;
    const now = performance.now();
    if (now < this.#nextLook) return false;
    this.#nextLook = now + LOOK_INTERVAL;
    return this.isGone();
  }

  /** Whether it is there: it has come, and is not gone. */
  isPresent(): boolean {
    return this.#state() === STATE.present && !this.isGone();
  }

  #state(): number {
    return Atomics.load(this.#words, stateWord(this.#role));
  }

  #currentGeneration(): number {
    return Atomics.load(this.#words, claimWord(this.#role) + CLAIM.generation);
  }

  #look(generation: number): void {
    this.#process?.close();
    const process = openProcess(claimant(this.#words, this.#role));
    this.#process = typeof process === "string" ? undefined : process;
    this.#ended = process === "ended";
    // Of a process that may not be looked at, it is asked again each time: when it has ended, it is told that there is none.
    this.#generation = process === "unknown" ? undefined : generation;
  }

  [Symbol.dispose](): void {
    this.#process?.close();
  }
}
