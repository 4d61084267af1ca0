import { assertEquals, assertMatch } from "@std/assert";
import { clipboard } from "../../../src/clipboard/mod.ts";
import { test } from "../../util/test.ts";

function startWorker(): { readonly worker: Worker; next(): Promise<unknown> } {
  const worker = new Worker(new URL("./clipboard_worker.ts", import.meta.url), { type: "module" });
  return {
    worker,
    next: () =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
      }),
  };
}

test("Two threads of a program use the clipboard at the same time", async () => {
  const { worker, next } = startWorker();
  const done = next();
  worker.postMessage(20);
  for (let i = 0; i < 20; i++) {
    await clipboard.writeText(`main ${i}`, { timeout: 20_000 });
    assertMatch(await clipboard.readText({ timeout: 20_000 }) ?? "", /^(main|worker) \d+$/);
  }
  assertEquals(await done, "done");
  worker.terminate();
});

test("A Worker that is ended while it watches and promises leaves the clipboard to others", async () => {
  for (let turn = 0; turn < 3; turn++) {
    const { worker, next } = startWorker();
    const waiting = next();
    worker.postMessage(0);
    await waiting;
    worker.terminate();
    const { html, problems } = await clipboard.read({ formats: ["html", "text"], timeout: 20_000 });
    assertEquals(html?.fragment, "<b>written by it</b>");
    assertEquals(Object.keys(problems).filter((kind) => kind !== "text"), []);
    await clipboard.writeText(`after ${turn}`, { timeout: 20_000 });
    assertEquals(await clipboard.readText(), `after ${turn}`);
  }
});
