// Reads a stream that does not keep the program alive; with the argument "ref" it does again, and gets data later.
//
//     node_stream_unref.ts PATH [ref]

import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { toDuplex } from "../../../src/named_pipe/node_stream.ts";

const [path, again] = Deno.args;
using listener = listenNamedPipe({ path });
const stream = toDuplex(await connectNamedPipe({ path }));
const server = await listener.accept();
stream.on("data", (chunk) => {
  console.log(String(chunk));
  stream.destroy();
});
stream.unref();
if (again === "ref") {
  stream.ref();
  // It does not keep the program alive either.
  Deno.unrefTimer(setTimeout(() => {
    server.unref();
    server.write(new TextEncoder().encode("data after ref"));
  }, 50));
}
