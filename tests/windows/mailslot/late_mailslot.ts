// A Worker that creates the mailslot of its name, and keeps it.

import { createMailslot } from "../../../src/mailslot/mod.ts";

declare const self: { readonly name: string };

const mailslot = createMailslot({ name: self.name });
await mailslot.receive();
