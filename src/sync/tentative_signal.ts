import type { SignalSource } from "./synchronization_object.ts";

/**
 * A signal that a wait may consume before it is known whether it is wanted. `commit()` or
 * `rollback()` is called once; until then the handle is retained, so that the signal can be
 * restored even if the object is closed meanwhile.
 */
export class TentativeSignal {
  readonly #source: SignalSource;
  readonly #value: Deno.PointerObject;

  constructor(source: SignalSource) {
    this.#source = source;
    this.#value = source.handle.retain();
  }

  /** The signal was not consumed, or is wanted. */
  commit(): void {
    this.#source.handle.release();
  }

  /** The signal was consumed and is not wanted: restores it. */
  rollback(): void {
    try {
      if (this.#source.consume === "reversible") this.#source.restore(this.#value);
    } finally {
      this.#source.handle.release();
    }
  }
}
