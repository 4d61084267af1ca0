/// <reference lib="deno.worker" />
// Makes a page of native code, tells its address, and ends.

import { createCodePage } from "../../../src/core/callback/code_page.ts";

self.postMessage(createCodePage());
self.close();
