const cell = new Int32Array(1);

/**
 * Orders all accesses to memory before it before all after it, plain ones included, as seen by other processes.
 *
 * JavaScript has no fence, and an atomic access orders plain ones only in one direction: after an atomic load, and before
 * an atomic store. So a store is followed by a load:
 * - what comes before stays before the store,
 * - the load stays behind the store, as atomic accesses are sequentially consistent among each other,
 * - and what comes after stays behind the load.
 *
 * That holds for what V8 makes of the two on arm64, STLR and LDAR ("Barrier-ordered-before" in the Arm architecture's memory
 * model: a store-release, then a load-acquire), and on x64, XCHG, which is a full fence. The compiler keeps the order, as both are calls it
 * must assume to read and write any memory. The cell is private: a fence must not write to shared memory, least
 * of all to a copy-on-write page.
 */
export function fence(): void {
  Atomics.store(cell, 0, 0);
  Atomics.load(cell, 0);
}
