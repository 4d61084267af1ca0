// Has a mailslot until it is ended.
//
//     mailslot_server.ts NAME

import { createMailslot } from "../../src/mailslot/mod.ts";

using mailslot = createMailslot({ name: Deno.args[0] });
console.log("ready");
for await (const message of mailslot) console.log(message.length);
