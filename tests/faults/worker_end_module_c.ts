import { leavingTest } from "./worker_end_leaving.ts";

leavingTest("module c leaves calls pending");
