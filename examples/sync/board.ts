// What the programs of this example share: numbers in shared memory, and the names of the objects that guard them.

import { SharedMemory } from "@winipc/winipc/shared-memory";

/** The numbers, each by its index. */
export const COUNTER = 0;
export const ACTIVE = 1;
export const MOST_ACTIVE = 2;

/** The names of the objects of one board. */
export function objectNames(board: string) {
  return {
    memory: `Local\\${board}.memory`,
    mutex: `Local\\${board}.mutex`,
    semaphore: `Local\\${board}.semaphore`,
    start: `Local\\${board}.start`,
  };
}

/** Numbers that all processes see. */
export class Board implements Disposable {
  readonly #memory: SharedMemory;
  readonly numbers: Int32Array;

  /** Makes the board, or opens the one of this name. */
  constructor(board: string) {
    this.#memory = SharedMemory.create({ name: objectNames(board).memory, size: 64 });
    this.numbers = new Int32Array(this.#memory.buffer);
  }

  [Symbol.dispose](): void {
    this.#memory.close();
  }
}
