// Listens on the pipe that its argument names, until it is killed.

import { listenNamedPipe } from "../../../src/named_pipe/mod.ts";

using listener = listenNamedPipe({ path: Deno.args[0] });
console.log("listening");
await listener.accept();
