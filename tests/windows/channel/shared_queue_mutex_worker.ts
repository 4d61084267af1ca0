/// <reference lib="deno.worker" />
// Takes a mutex and ends without releasing it, as a thread does that dies.
import { tryWait } from "../../../src/core/wait/wait_single.ts";
import { openMutex } from "../../util/raw_objects.ts";

self.onmessage = ({ data }: MessageEvent<string>) => {
  self.postMessage(tryWait(openMutex(data)));
  self.close();
};
