// Works at a queue without end, until it is ended: shared_queue_flood.ts NAME flood WRITER MAX | NAME consume. The C program does the same.
import { SharedQueue } from "../../src/channel/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { makeMessage, readMessage } from "../interop/shared_queue_messages.ts";

const [name, command, writer, max] = Deno.args;
using queue = SharedQueue.open({ name });

function flood(): void {
  for (let number = 1;; number++) {
    const message = makeMessage(Number(writer), number, Number(max));
    while (!queue.tryEnqueue(message)) Atomics.pause?.();
    if (number === 1) console.log("sending");
  }
}

/** Stores the number of the last message, and how many there were, in the memory NAME-seen. */
function consume(): void {
  using memory = SharedMemory.open({ name: `${name}-seen` });
  const seen = new Uint32Array(memory.buffer, 0, 2);
  console.log("consuming");
  for (;;) {
    const { number } = readMessage(queue.dequeueSync());
    if (number <= seen[0]) throw new Error(`Message ${number} came after ${seen[0]}`);
    Atomics.store(seen, 0, number);
    Atomics.add(seen, 1, 1);
  }
}

if (command === "flood") flood();
else consume();
