// One side of a ring that is killed at any moment: ring_victim.ts ROLE NAME WAITING FIRST. FIRST is the index of its first
// message, for a reader that of the message that was perhaps seen already.
import { RingReader, type RingWaiting, RingWriter } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { checkTraffic, fillTraffic, trafficLength } from "../windows/channel/ring_traffic.ts";
import { LARGEST } from "./ring_deaths.ts";

const [role, name, way, first] = Deno.args;
const waiting = way as RingWaiting;
if (role === "writer") write();
else read();

function write(): void {
  using writer = RingWriter.open({ name, waiting });
  console.log("started");
  const scratch = new Uint8Array(LARGEST);
  for (let index = Number(first);; index++) {
    const length = trafficLength(index, LARGEST);
    if (index % 2 === 0) {
      fillTraffic(writer.reserveSync(length), index);
      writer.commit();
    } else {
      const message = scratch.subarray(0, length);
      fillTraffic(message, index);
      writer.sendSync(message);
    }
  }
}

/** Notes in shared memory how many messages it has seen, before it releases the last one of them. */
function read(): void {
  using reader = RingReader.open({ name, waiting });
  using memory = SharedMemory.open({ name: `${name}.seen` });
  const seen = new Uint32Array(memory.buffer);
  console.log("started");
  for (let index = Number(first);; index++) {
    const place = reader.peekSync();
    if (place === null) break;
    // The first one may be the one that the reader before was at when it was killed.
    if (index === Number(first) && index > 0 && isMessage(place, index - 1)) index--;
    checkTraffic(place, index, trafficLength(index, LARGEST));
    seen[0] = index + 1;
    reader.release();
  }
}

function isMessage(place: Uint8Array, index: number): boolean {
  try {
    checkTraffic(place, index, trafficLength(index, LARGEST));
    return true;
  } catch {
    return false;
  }
}
