// A participant of a queue in a process of its own, like the C program: shared_queue_participant.ts NAME COMMAND.
import { SharedQueue } from "../../src/channel/mod.ts";
import { makeMessage, readMessage, STOP_WRITER, Sums } from "./shared_queue_messages.ts";
import { delay } from "../util/delay.ts";

const [name, command, ...args] = Deno.args;
using queue = SharedQueue.open({ name });

async function send(writer: number, count: number, max: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const message = makeMessage(writer, number, max);
    while (!queue.tryEnqueue(message)) await delay(0);
  }
}

async function sendMany(writer: number, count: number, max: number): Promise<void> {
  for (let number = 1; number <= count;) {
    const length = Math.min(20, count + 1 - number);
    const batch = Array.from({ length }, (_, index) => makeMessage(writer, number + index, max));
    number += queue.enqueueMany(batch);
    if (number <= count) await delay(0);
  }
}

async function receive(next: () => Promise<Uint8Array> | Uint8Array): Promise<void> {
  const sums = new Sums();
  const last = new Map<number, number>();
  for (;;) {
    const { writer, number } = readMessage(await next());
    if (writer === STOP_WRITER) break;
    if (number <= (last.get(writer) ?? 0)) {
      throw new Error(`Message ${number} of writer ${writer} came after ${last.get(writer)}`);
    }
    last.set(writer, number);
    sums.add(writer, number);
  }
  console.log(`${sums}`);
}

const [first, second, third] = args.map(Number);
switch (command) {
  case "send":
    await send(first, second, third);
    break;
  case "send-many":
    await sendMany(first, second, third);
    break;
  case "receive":
    await receive(() => queue.dequeue());
    break;
  case "receive-sync":
    await receive(() => queue.dequeueSync());
    break;
  default:
    throw new Error(`Unknown command ${command}`);
}
