// Messages that both sides can tell without asking each other: the one of an index has a certain length and certain bytes. The
// peer in C, tests/interop/ring_peer.c, knows the same.

/** The length of a message, from 0 to `largest`. */
export function trafficLength(index: number, largest: number): number {
  return (mix(index) >>> 8) % (largest + 1);
}

/** Writes the message of an index, as long as `target`. */
export function fillTraffic(target: Uint8Array, index: number): void {
  const word = mix(index);
  for (let at = 0; at < target.length; at++) target[at] = (word >>> ((at & 3) << 3)) + at;
}

/** @throws {Error} If the bytes are not the message of the index, which has a length of `length`. */
export function checkTraffic(message: Uint8Array, index: number, length: number): void {
  if (message.length !== length) {
    throw new Error(`Message ${index} has ${message.length} bytes, and should have ${length}`);
  }
  const word = mix(index);
  for (let at = 0; at < length; at++) {
    if (message[at] !== (((word >>> ((at & 3) << 3)) + at) & 255)) {
      throw new Error(`Message ${index}, ${length} bytes long, is wrong at byte ${at}`);
    }
  }
}

function mix(index: number): number {
  let word = Math.imul(index ^ 0x9e37_79b9, 0x85eb_ca6b);
  word ^= word >>> 13;
  return Math.imul(word, 0xc2b2_ae35) >>> 0;
}
