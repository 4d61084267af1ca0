import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";

// Leaves something behind at its end, as its first argument says; the other side is played by the test.
const [what, path] = Deno.args;
const buffer = new Uint8Array(64);
/** A timeout far longer than a test: what keeps the program alive until then hangs it. */
const LONG = 10_000_000;
const options = { path, backlog: 3 };

switch (what) {
  case "idle": {
    const listener = listenNamedPipe(options);
    const client = await connectNamedPipe({ path });
    const server = await listener.accept();
    await client.write(buffer);
    await server.read(buffer);
    break;
  }
  case "accept": {
    listenNamedPipe(options).accept().then(() => console.log("accepted"));
    break;
  }
  case "accept unref": {
    const listener = listenNamedPipe(options);
    listener.unref();
    listener.accept();
    break;
  }
  case "accept unref timeout": {
    const listener = listenNamedPipe(options);
    listener.unref();
    listener.accept({ timeout: LONG });
    break;
  }
  case "accept unref later": {
    const listener = listenNamedPipe(options);
    listener.accept();
    listener.accept();
    listener.unref();
    break;
  }
  case "accept ref again": {
    const listener = listenNamedPipe(options);
    listener.unref();
    listener.accept().then(() => console.log("accepted"));
    listener.ref();
    break;
  }
  case "read": {
    const conn = await connectNamedPipe({ path });
    conn.read(buffer).then((count) => console.log(`read ${count}`));
    break;
  }
  case "read unref later": {
    const conn = await connectNamedPipe({ path });
    conn.read(buffer);
    conn.read(buffer);
    conn.unref();
    break;
  }
  case "read unref timeout": {
    const conn = await connectNamedPipe({ path });
    conn.unref();
    conn.read(buffer, { timeout: LONG });
    // It waits for the first one.
    conn.read(buffer, { timeout: LONG });
    break;
  }
  case "write unref": {
    const conn = await connectNamedPipe({ path });
    conn.unref();
    conn.write(new Uint8Array(1_000_000));
    break;
  }
  case "exit": {
    const conn = await connectNamedPipe({ path });
    conn.read(buffer);
    listenNamedPipe({ path: `${path}-own` }).accept();
    conn.write(new Uint8Array(1_000_000));
    console.log("ready");
    Deno.exit(7);
    break;
  }
  case "throw": {
    const conn = await connectNamedPipe({ path });
    conn.read(buffer);
    listenNamedPipe({ path: `${path}-own` }).accept();
    throw new Error("uncaught");
  }
}
console.log("ready");
