import { leavingTest } from "./worker_end_leaving.ts";

leavingTest("module b leaves calls pending");
