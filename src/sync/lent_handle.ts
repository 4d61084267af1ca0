import type { OwnedHandle } from "../core/handle/owned_handle.ts";

/**
 * The handle of an object of which something is out that must be given back even if the object is closed first: a
 * lock, a permit, a signal that was taken for a moment.
 */
export class LentHandle {
  readonly owned: OwnedHandle;
  /** A second handle to the object, once it is closed and while something is out. */
  #kept: OwnedHandle | undefined;
  #out = 0;

  constructor(owned: OwnedHandle) {
    this.owned = owned;
  }

  /** The handle for a call that gives something back. */
  get value(): Deno.PointerObject {
    return (this.#kept ?? this.owned).value;
  }

  /** Something is out from now on, until `end()`. */
  lend(): void {
    this.#out++;
  }

  /** It has been given back, or need not be. */
  end(): void {
    if (--this.#out > 0) return;
    const kept = this.#kept;
    this.#kept = undefined;
    kept?.close();
  }

  /** Closes the object's own handle. */
  close(): void {
    if (this.owned.closed) return;
    if (this.#out > 0) this.#kept = this.owned.duplicate();
    this.owned.close();
  }
}
