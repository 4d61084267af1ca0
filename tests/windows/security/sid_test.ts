import { assertEquals, assertMatch } from "@std/assert";
import { currentUserSid, SecurityDescriptor } from "../../../src/security/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { assertLeaksNoHandle } from "../../util/handles.ts";
import { test } from "../../util/test.ts";

test("currentUserSid() gives a SID that SDDL takes", () => {
  const sid = currentUserSid();
  assertMatch(sid, /^S-1-\d+(-\d+)+$/);
  assertMatch(SecurityDescriptor.fromSddl(`O:${sid}`).toSddl(), /^O:/);
});

test("currentUserSid() needs only --allow-ffi and is the same in every process", async () => {
  await using process = runDeno(new URL("./print_sid.ts", import.meta.url));
  assertEquals(await process.readLine(), currentUserSid());
  assertEquals(await process.readLine(), null);
  assertEquals((await process.status).code, 0);
});

test("currentUserSid() leaves no handle to the token open", async () => {
  let turn = 0;
  await assertLeaksNoHandle(async () => {
    // Each address makes a new module, which has not found the answer yet.
    const fresh = await import(
      `../../../src/security/sid.ts?turn=${turn++}`
    ) as typeof import("../../../src/security/sid.ts");
    fresh.currentUserSid();
  }, 40);
});
