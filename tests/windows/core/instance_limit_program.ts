import { connectNamedPipe, listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { uniqueName } from "../../util/names.ts";

// The only instance is taken by the first client, so the second accept() has no operation to wait for. What ends its
// wait is a timer that does not keep the program alive.
const listener = listenNamedPipe({ path: uniqueName("pipe"), maxInstances: 1, backlog: 1 });
const client = await connectNamedPipe({ path: listener.path });
const first = await listener.accept();
console.log("accepted 1");
Deno.unrefTimer(setTimeout(() => {
  first.close();
  client.close();
  connectNamedPipe({ path: listener.path, wait: true });
}, 200));
// Not awaited here: a module that is not yet evaluated keeps the program alive too.
listener.accept().then(() => {
  console.log("accepted 2");
  Deno.exit();
});
