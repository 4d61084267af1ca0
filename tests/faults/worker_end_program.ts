// A program that ends with calls of every kind pending, as its first argument says.

import { createPipe } from "../../src/anonymous_pipe/mod.ts";
import { createMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";
import { uniqueName } from "../util/names.ts";
import { FAMILIES, type Family } from "./worker_end_calls.ts";
import { PEERS } from "./worker_end_peers.ts";
import { delay } from "../util/delay.ts";

/** Begins all calls, and plays the other side too. */
async function beginAll(): Promise<() => void> {
  const acts: (() => void)[] = [];
  for (const family of Object.keys(FAMILIES) as Family[]) {
    const name = uniqueName("program");
    const peer = await PEERS[family](name);
    const { facts, begin } = await FAMILIES[family](name);
    peer.begun(facts);
    begin();
    acts.push(() => peer.act());
  }
  return () => acts.forEach((act) => act());
}

/** Begins calls that let the program end, which complete while it does. */
async function beginUnref(): Promise<void> {
  const name = uniqueName("program");
  const data = new Uint8Array(400);
  const listener = listenNamedPipe({ path: name });
  listener.unref();
  const client = await connectNamedPipe({ path: name });
  const server = await listener.accept();
  server.unref();
  const pipe = createPipe({ blocking: "writer" });
  pipe.reader.unref();
  const mailslot = createMailslot({ name });
  mailslot.unref();
  const writer = openMailslotSync({ name });
  listener.accept();
  server.read(new Uint8Array(65_536));
  pipe.reader.read(new Uint8Array(65_536));
  mailslot.receive();
  // By then the thread pool watches the port.
  await delay(50);
  client.writeSync(data);
  pipe.writer.writeSync(data);
  writer.sendSync(data);
}

const [way] = Deno.args;
switch (way) {
  case "exit pending":
    await beginAll();
    Deno.exit(7);
    break;
  case "exit completed": {
    const act = await beginAll();
    act();
    Deno.exit(7);
    break;
  }
  case "exit later": {
    const act = await beginAll();
    setTimeout(act, 4);
    setTimeout(() => Deno.exit(7), 5);
    break;
  }
  case "error": {
    const act = await beginAll();
    act();
    throw new Error("ended on purpose");
  }
  case "natural":
    await beginUnref();
}
