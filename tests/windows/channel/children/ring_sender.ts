// Sends messages of traffic into a ring: ring_sender.ts NAME WAITING FIRST COUNT LARGEST, in several forms in turn.
import { type RingWaiting, RingWriter } from "../../../../src/channel/mod.ts";
import { fillTraffic, trafficLength } from "../ring_traffic.ts";

const [name, waiting, first, count, largest] = Deno.args;
using writer = RingWriter.open({ name, waiting: waiting as RingWaiting });
const scratch = new Uint8Array(Number(largest));
const end = Number(first) + Number(count);
console.log("sending");
for (let index = Number(first); index < end;) {
  const length = trafficLength(index, Number(largest));
  if (index % 3 === 0) {
    const place = writer.reserveSync(length);
    fillTraffic(place, index);
    writer.commit();
    index++;
  } else if (index % 3 === 1) {
    const message = scratch.subarray(0, length);
    fillTraffic(message, index);
    writer.sendSync(message);
    index++;
  } else {
    const batch: Uint8Array[] = [];
    for (; batch.length < 8 && index < end; index++) {
      const message = new Uint8Array(trafficLength(index, Number(largest)));
      fillTraffic(message, index);
      batch.push(message);
    }
    writer.sendManySync(batch);
  }
}
