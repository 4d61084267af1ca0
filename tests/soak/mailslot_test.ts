import { receiveFromProcesses } from "../faults/mailslot_processes.ts";
import { test } from "../util/test.ts";

test("8 processes send 100,000 messages, and none is lost, damaged or out of order", async () => {
  await receiveFromProcesses(8, 12_500);
}, { timeout: 600_000 });
