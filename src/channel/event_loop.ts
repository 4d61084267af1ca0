/**
 * Lets timers, input and output have their turn. A timer of 0 ms takes a step of the system clock, which is up to 16 ms, and this
 * takes microseconds.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
