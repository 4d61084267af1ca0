import { leavingTest } from "./worker_end_leaving.ts";

leavingTest("module a leaves calls pending");
