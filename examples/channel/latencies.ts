/** How many there may be; of more, the oldest are forgotten. */
const MOST = 100_000;

/** Collects times of transport, in microseconds, and sums them up. */
export class Latencies {
  readonly #times = new Float64Array(MOST);
  #count = 0;

  add(microseconds: number): void {
    this.#times[this.#count++ % MOST] = microseconds;
  }

  /** The percentiles of what was collected, and starts anew. */
  takeSummary(): string {
    const times = this.#times.subarray(0, Math.min(this.#count, MOST)).sort();
    this.#count = 0;
    const percentile = (part: number) => times[Math.floor(part * (times.length - 1))].toFixed(0);
    return `latency in µs: 50 % ${percentile(0.5)}, 99 % ${percentile(0.99)}, all ${percentile(1)}`;
  }
}
