import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { inC, inNode, loadedBy } from "../../../bench/program.ts";
import { test } from "../../util/test.ts";

/** Sets a variable of the environment until the end of the block, or takes it away. */
function withVariable(name: string, value: string | undefined): Disposable {
  const before = Deno.env.get(name);
  set(value);
  return { [Symbol.dispose]: () => set(before) };

  function set(to: string | undefined): void {
    if (to === undefined) Deno.env.delete(name);
    else Deno.env.set(name, to);
  }
}

function serverThatSays(script: string) {
  return { path: Deno.execPath(), args: ["eval", script] };
}

test("loadedBy() says what a server complained of that did not come up", async () => {
  using _peers = withVariable("WINIPC_PEERS", "nowhere");
  const server = serverThatSays("console.error('the pipe', 'is taken'); Deno.exit(3)");
  const measure = loadedBy(server, "pipe");
  await assertRejects(() => measure?.() ?? Promise.resolve(0), Error, "the pipe is taken");
});

test("loadedBy() ends a server that says something else than ready", async () => {
  using _peers = withVariable("WINIPC_PEERS", "nowhere");
  const server = serverThatSays("console.log('busy'); setTimeout(() => {}, 1e9)");
  const measure = loadedBy(server, "pipe");
  await assertRejects(() => measure?.() ?? Promise.resolve(0), Error, "did not come up: busy");
});

test("competitors are missing where their programs are", () => {
  using _peers = withVariable("WINIPC_PEERS", undefined);
  using _node = withVariable("WINIPC_NODE", undefined);
  assertStrictEquals(inC("pipe", "round-trip"), undefined);
  assertStrictEquals(inNode("pipe_node.cjs", "round-trip"), undefined);
  assertStrictEquals(loadedBy(undefined, "pipe"), undefined);
  assertEquals(typeof withPeers(), "function");
});

function withPeers() {
  using _peers = withVariable("WINIPC_PEERS", "somewhere");
  return inC("pipe", "round-trip");
}
