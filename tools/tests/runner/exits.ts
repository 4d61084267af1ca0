import { test } from "../../../tests/util/test.ts";

test("a test that ends the process, as if all were well", () => {
  // Deno.exit() would only fail the test.
  const [library, name] = Deno.build.os === "windows"
    ? ["kernel32.dll", "ExitProcess"]
    : ["libc.so.6", "_exit"];
  const { symbols } = Deno.dlopen(library, {
    [name]: { parameters: ["i32"], result: "void" },
  });
  symbols[name](0);
});
