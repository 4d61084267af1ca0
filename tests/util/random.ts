/**
 * Numbers that look random and are the same for the same seed (xorshift).
 *
 * @returns Gives the next number, from 0 up to but not including `bound`.
 */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed | 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
