// Answers the requests of one client: each byte, plus one.
import { RingDuplex, type RingWaiting } from "../../../../src/channel/mod.ts";

const [name, waiting] = Deno.args;
using duplex = RingDuplex.create({ name, capacity: 4096, waiting: waiting as RingWaiting });
console.log("serving");
await duplex.reader.waitForPeer();
let count = 0;
await duplex.serve((request) => {
  count++;
  return request.map((byte) => byte + 1);
});
console.log(`served ${count}`);
