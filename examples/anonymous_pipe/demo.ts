// Two threads of one process: one writes to an anonymous pipe and says so by a manual-reset event, the other waits for the event and reads.

import { createPipe } from "@winipc/winipc/anonymous-pipe";
import { EventObject } from "@winipc/winipc/sync";
import { parseCommandLine } from "../util/cli.ts";
import { finishDemo } from "../util/pair.ts";
import type { ReaderTask } from "./reader.ts";
import type { WriterTask } from "./writer.ts";

const { line } = parseCommandLine({
  program: "examples/anonymous_pipe/demo.ts",
  about: "A thread writes to a pipe and signals an event; another waits for that and reads.",
  options: {
    line: { type: "string", default: "Hello from the other thread", description: "what to write" },
  },
});

using pipe = createPipe();
using written = EventObject.create({ manualReset: true });
const forThread = () => written.duplicateTo(Deno.pid);

const reading = inThread<ReaderTask, string>(new URL("./reader.ts", import.meta.url), {
  pipe: pipe.reader.detach(),
  written: forThread(),
});
await inThread<WriterTask, string>(new URL("./writer.ts", import.meta.url), {
  pipe: pipe.writer.detach(),
  written: forThread(),
  line,
});
const read = await reading;

finishDemo({
  mechanism: "anonymous pipe",
  exchanged: `${read.length} characters between 2 threads, announced by an event`,
  ok: read === line && written.tryWait(),
});

/** Runs a thread with its task; gives what it answers. */
function inThread<Task, Answer>(script: URL, task: Task): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const worker = new Worker(script, { type: "module" });
  worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data);
  worker.onerror = (event) => reject(event.error ?? new Error(event.message));
  worker.postMessage(task);
  return promise;
}
