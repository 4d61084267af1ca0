import { connectNamedPipe, listenNamedPipe } from "../../src/named_pipe/mod.ts";

// The other side of a test, which ends it by TerminateProcess: does what its first argument says, tells that it has, and
// stays as it is.
const [role, path, mode] = Deno.args;
const options = { path, mode: mode as "byte" | "message" };
const encoder = new TextEncoder();
const say = (text: string) => console.log(text);

switch (role) {
  case "client that writes and stays": {
    const conn = await connectNamedPipe(options);
    await conn.write(encoder.encode("unread"));
    say("written");
    break;
  }
  case "client in the middle of a write": {
    const conn = await connectNamedPipe(options);
    // Far more than the pipe's buffer.
    conn.write(new Uint8Array(4_000_000).fill(7));
    say("writing");
    break;
  }
  case "client that reads nothing": {
    const conn = await connectNamedPipe(options);
    say(`connected to ${conn.peer.processId}`);
    break;
  }
  case "client that waits for a reply": {
    const conn = await connectNamedPipe(options);
    conn.transact(encoder.encode("request"));
    say("waiting");
    break;
  }
  case "client that waits for the pipe": {
    connectNamedPipe({ ...options, wait: true });
    say("waiting");
    break;
  }
  case "client that waits for an instance": {
    connectNamedPipe(options);
    say("waiting");
    break;
  }
  case "server that answers": {
    const listener = listenNamedPipe(options);
    say("listening");
    for await (const conn of listener) {
      (async () => {
        for await (const message of conn.messages()) await conn.writeMessage(message);
      })();
    }
    break;
  }
  case "server that reads a request": {
    const listener = listenNamedPipe(options);
    say("listening");
    const conn = await listener.accept();
    await conn.readMessage();
    say("read");
    break;
  }
  case "server that accepts": {
    const listener = listenNamedPipe(options);
    say("listening");
    await listener.accept();
    say("accepted");
    break;
  }
  case "server that is full": {
    const listener = listenNamedPipe({ ...options, maxInstances: 1 });
    say("listening");
    await listener.accept();
    say("accepted");
    break;
  }
  default:
    throw new Error(`There is no role "${role}"`);
}
// Whatever is pending, it ends when its standard input does.
for await (const _chunk of Deno.stdin.readable);
Deno.exit(0);
