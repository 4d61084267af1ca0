// Has a pipe of a name until it is ended.
import { listenNamedPipe } from "../../../src/named_pipe/mod.ts";

using listener = listenNamedPipe({ path: Deno.args[0] });
console.log("listening");
await listener.accept();
