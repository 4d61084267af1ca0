import { assert, assertEquals } from "@std/assert";
import {
  connectNamedPipe,
  connectNamedPipeSync,
  listenNamedPipe,
  listenNamedPipeSync,
  type NamedPipeConn,
  type NamedPipeMode,
} from "../../src/named_pipe/mod.ts";
import { bytesOf, pattern, readAll, textOf } from "../util/bytes.ts";
import { peer, startPeer } from "../util/c_peer.ts";
import { uniqueName } from "../util/names.ts";
import { test } from "../util/test.ts";

const PROGRAM = "tests/interop/named_pipe_peer";
const ignore = peer(PROGRAM) === null;

type Role = "server" | "client";
type Kind = "blocking" | "overlapped";

function start(role: Role, kind: Kind, mode: NamedPipeMode, path: string, task: string) {
  return startPeer(PROGRAM, [role, kind, mode, path, task]);
}

/** Starts the C program and connects it with an end of ours. */
async function connected(role: Role, kind: Kind, mode: NamedPipeMode, task: string) {
  const path = `\\\\.\\pipe\\${uniqueName("pipe")}`;
  if (role === "client") {
    using listener = listenNamedPipe({ path, mode });
    const process = start(role, kind, mode, path, task);
    return { process, conn: await listener.accept() };
  }
  const process = start(role, kind, mode, path, task);
  await process.waitForLine("listening");
  return { process, conn: await connectNamedPipe({ path, mode }) };
}

/** Sends bytes while it reads as many back. */
async function exchange(conn: NamedPipeConn, data: Uint8Array): Promise<Uint8Array> {
  const writing = conn.write(data);
  const received = new Uint8Array(data.length);
  for (let n = 0; n < data.length;) {
    const count = await conn.read(received.subarray(n));
    assert(count !== null, "The C program closed too early");
    n += count;
  }
  await writing;
  return received;
}

const SIZES = [1, 999, 1000, 1001, 65_537, 1_000_000];

for (const role of ["server", "client"] as const) {
  for (const kind of ["blocking", "overlapped"] as const) {
    for (const mode of ["byte", "message"] as const) {
      test(`Data goes both ways to the ${kind} C ${role} in ${mode} mode`, async () => {
        const { process, conn } = await connected(role, kind, mode, "echo");
        await using _process = process;
        using client = conn;
        for (const size of SIZES) {
          const data = pattern(size);
          const received = mode === "byte"
            ? await exchange(client, data)
            : (await client.writeMessage(data), await client.readMessage());
          assertEquals(received?.length, size);
          assert(received?.every((byte, index) => byte === (~data[index] & 0xff)));
        }
        client.close();
        assertEquals(await process.readLine(), String(SIZES.reduce((sum, size) => sum + size)));
        assertEquals((await process.status).code, 0);
      }, { ignore });
    }

    test(
      `Messages of the ${kind} C ${role} that closed at once are read, an empty one too`,
      async () => {
        const { process, conn } = await connected(role, kind, "message", "messages");
        await using _process = process;
        using client = conn;
        assertEquals((await process.status).code, 0, await process.stderr);
        const received = [];
        for await (const message of client.messages()) received.push(textOf(message));
        assertEquals(received, ["one", "", "three"]);
      },
      { ignore },
    );

    test(`The stream of the ${kind} C ${role} that closed at once is read to its end`, async () => {
      const { process, conn } = await connected(role, kind, "byte", "stream");
      await using _process = process;
      using client = conn;
      const received = await readAll(client);
      assertEquals(received.length, 1_000_000);
      assert(received.every((byte, index) => byte === index % 251));
    }, { ignore });
  }
}

for (
  const [task, kind] of [["transact", "blocking"], ["transact", "overlapped"], [
    "call",
    "blocking",
  ]] as const
) {
  test(`The ${kind} C client that asks by ${task} gets its reply`, async () => {
    const { process, conn } = await connected("client", kind, "message", task);
    await using _process = process;
    using server = conn;
    assertEquals(textOf(await server.readMessage()), "question");
    await server.writeMessage(bytesOf("an answer in full"));
    assertEquals(await process.readLine(), "an answer in full");
    assertEquals((await process.status).code, 0);
  }, { ignore });
}

test("transact() asks a C server, whatever the size of its reply", async () => {
  const { process, conn } = await connected("server", "blocking", "message", "echo");
  await using _process = process;
  using client = conn;
  for (const size of [1, 4096, 100_000]) {
    const reply = await client.transact(new Uint8Array(size).fill(0x0f));
    assertEquals(reply, new Uint8Array(size).fill(0xf0));
  }
}, { ignore });

for (const kind of ["blocking", "overlapped"] as const) {
  test(`A blocking server of ours serves the ${kind} C client`, async () => {
    using listener = listenNamedPipeSync({ path: uniqueName("pipe"), mode: "message" });
    await using process = start("client", kind, "message", listener.path, "echo");
    using server = listener.acceptSync();
    for (const size of [1, 5000]) {
      server.writeSync(new Uint8Array(size).fill(0xf0));
      assertEquals(server.readMessageSync(), new Uint8Array(size).fill(0x0f));
    }
    server.close();
    assertEquals(await process.readLine(), "5001");
  }, { ignore });

  test(`A blocking client of ours transacts with the ${kind} C server`, async () => {
    const path = uniqueName("pipe");
    await using process = start("server", kind, "message", `\\\\.\\pipe\\${path}`, "echo");
    await process.waitForLine("listening");
    using client = connectNamedPipeSync({ path, mode: "message" });
    for (const size of [1, 5000]) {
      const reply = client.transactSync(new Uint8Array(size).fill(0xf0));
      assertEquals(reply, new Uint8Array(size).fill(0x0f));
    }
    client.close();
    assertEquals(await process.readLine(), "5001");
  }, { ignore });
}
