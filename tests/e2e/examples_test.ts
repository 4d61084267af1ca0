import { assertEquals } from "@std/assert";
import { EXAMPLES } from "../../tools/examples.ts";
import { peer } from "../util/c_peer.ts";
import { test } from "../util/test.ts";

/** Those whose other side is a C program. */
const WITH_C_PROGRAM: Readonly<Record<string, string>> = {
  c_struct: "examples/c_struct/engine",
  copy_data: "examples/copy_data/shop",
};

/** Less work, and fewer pauses, than `deno task demo` has to show. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  shared_memory: ["--rows=5000"],
  channel: ["--seconds=1.5", "--count=50000"],
  sync: ["--count=300"],
  mailslot: ["--every=0.2"],
  named_pipe: ["--count=50"],
};

for (const example of EXAMPLES) {
  const program = WITH_C_PROGRAM[example];
  const ignore = program !== undefined && peer(program) === null;
  const demo = new URL(`../../examples/${example}/demo.ts`, import.meta.url);
  test(`the processes of examples/${example} exchange what they should`, async () => {
    const summaryFile = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".json" });
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", demo.href, ...ARGUMENTS[example] ?? []],
        env: { WINIPC_DEMO_SUMMARY: summaryFile },
        stdin: "null",
      }).output();
      const decoder = new TextDecoder();
      const said = decoder.decode(stdout) + decoder.decode(stderr);
      assertEquals(code, 0, said);
      assertEquals(JSON.parse(await Deno.readTextFile(summaryFile)).ok, true, said);
    } finally {
      await Deno.remove(summaryFile);
    }
  }, { ignore });
}
