import { assertThrows } from "@std/assert";
import { spawnWithHandles, type SpawnWithHandlesOptions } from "../../src/process/mod.ts";
import { testOptionTables } from "../util/option_table.ts";
import { test } from "../util/test.ts";

const spawn = (options: unknown) => spawnWithHandles("cmd", options as SpawnWithHandlesOptions);

testOptionTables([{
  call: "spawnWithHandles()",
  run: spawn,
  wrong: {
    args: ["/c", "The arguments must be an array of strings"],
    inherit: [{ handle: 4n }, "inherit must be an array of objects with a handle"],
    descriptors: [{ handle: 4n }, "descriptors must be an array of objects with a handle"],
    cwd: [5, "A folder is given by its path or a file: URL"],
    env: ["A=b", "env must be an object of strings"],
    clearEnv: [1, "clearEnv must be true or false"],
    endWithParent: [1, "endWithParent must be true or false"],
    stdin: ["pipe", 'stdin must be "inherit", "null", "piped" or an object with a handle'],
    stdout: [null, "stdout must be"],
    stderr: [2, "stderr must be"],
  },
}]);

test("spawnWithHandles() refuses wrong elements before it makes anything", () => {
  assertThrows(() => spawn({ args: ["a", 5] }), TypeError, "Argument 1 must be a string");
  assertThrows(() => spawn({ inherit: [null] }), TypeError, "inherit[0] must be an object");
  assertThrows(() => spawn({ inherit: [{ handle: 4 }] }), TypeError, "The handle of inherit[0]");
  assertThrows(() => spawn({ descriptors: [null, {}] }), TypeError, "of descriptors[1] must be");
  const many = new Array(10_000).fill(null);
  assertThrows(() => spawn({ descriptors: many }), RangeError, "A child can get 7278 descriptors");
  assertThrows(() => spawn({ stdin: {} }), TypeError, "The handle of stdin must be");
  assertThrows(() => spawn({ env: { A: 5 } }), TypeError, '"A" must be a string');
  assertThrows(
    () => spawnWithHandles(5 as unknown as string),
    TypeError,
    "A program is given by its path or a file: URL",
  );
});
