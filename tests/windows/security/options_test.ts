import { assertThrows } from "@std/assert";
import { SecurityDescriptor } from "../../../src/security/mod.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

testOptionTables([{
  call: "SecurityDescriptor.toSddl()",
  run: (options) => SecurityDescriptor.fromSddl("D:P").toSddl(options as { owner: boolean }),
  wrong: {
    owner: [1, "owner must be true or false"],
    group: ["no", "group must be true or false"],
    dacl: [null, "dacl must be true or false"],
  },
}]);

test("SecurityDescriptor.of() refuses what is no object", () => {
  for (const object of [null, undefined, 5n]) {
    assertThrows(
      () => SecurityDescriptor.of(object as unknown as { handle: bigint }),
      TypeError,
      "SecurityDescriptor.of() takes an object with a handle",
    );
  }
});
