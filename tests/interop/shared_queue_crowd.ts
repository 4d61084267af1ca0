import { assertEquals } from "@std/assert";
import { SharedQueue } from "../../src/channel/mod.ts";
import { type DenoProcess, runDeno } from "../util/deno_process.ts";
import { uniqueName } from "../util/names.ts";
import { makeMessage, STOP_WRITER, Sums } from "./shared_queue_messages.ts";
import { startPeer } from "./shared_queue_peer.ts";
import { delay } from "../util/delay.ts";

/** One of a crowd: the C program, or a Deno process, with what it does. */
export interface Member {
  readonly by: "c" | "deno";
  readonly command: "send" | "send-many" | "receive" | "receive-sync";
}

/** What a crowd has to do. */
export interface CrowdOptions {
  readonly capacity: number;
  /** How many messages each writer sends. */
  readonly count: number;
  /** The longest payload. */
  readonly max: number;
  readonly members: readonly Member[];
}

/** Has writers and readers work at one queue at once, and checks that each message was received whole, in order, and once. */
export async function assertEachSeenOnce(options: CrowdOptions): Promise<void> {
  const { capacity, count, max, members } = options;
  const name = uniqueName("queue");
  using queue = SharedQueue.create({ name, capacity });
  await using stack = new AsyncDisposableStack();
  const start = ({ by, command }: Member, ...args: readonly number[]): DenoProcess =>
    stack.use(
      by === "c"
        ? startPeer({ name, capacity }, command, ...args)
        : runDeno(new URL("./shared_queue_participant.ts", import.meta.url), {
          args: [name, command, ...args.map(String)],
        }),
    );
  const isWriter = ({ command }: Member) => command.startsWith("send");
  const readers = members.filter((member) => !isWriter(member)).map((member) => start(member));
  const sent = new Sums();
  const writers = members.filter(isWriter).map((member, writer) => {
    for (let number = 1; number <= count; number++) sent.add(writer, number);
    return start(member, writer, count, max);
  });
  for (const writer of writers) {
    const { code } = await writer.status;
    assertEquals(code, 0, code === 0 ? "" : await writer.stderr);
  }
  for (let stopped = 0; stopped < readers.length;) {
    if (queue.tryEnqueue(makeMessage(STOP_WRITER, 0, 0))) stopped++;
    else await delay(1);
  }
  const received = new Sums();
  for (const reader of readers) received.addLine(await reader.waitForLine(/^received/));
  assertEquals(`${received}`, `${sent}`);
  assertEquals(queue.tryDequeue(), undefined);
}
