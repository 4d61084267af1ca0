import { clipboard } from "../../../src/clipboard/mod.ts";

await clipboard.writeText("from a program");
console.log("written");
