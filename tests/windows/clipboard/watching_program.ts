// Waits for one change, and leaves the watch as it is.

import { clipboard } from "../../../src/clipboard/mod.ts";

const changes = clipboard.watch();
const next = changes.next();
// The window listens as soon as it has answered.
await clipboard.readText();
console.log("watching");
await next;
console.log("changed");
