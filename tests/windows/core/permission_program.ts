// Calls Windows once, and prints what came of it.
import { EventObject } from "../../../src/sync/mod.ts";

try {
  EventObject.create().close();
  console.log("created");
} catch (error) {
  console.log(String(error));
}
