import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../tests/util/test.ts";

/** A program that prints what examples/util/cli.ts made of its arguments. */
const PROGRAM = `
import { parseCommandLine } from "${new URL("../../examples/util/cli.ts", import.meta.url)}";
const options = parseCommandLine({
  program: "examples/x.ts",
  about: "Does x.",
  options: {
    count: { type: "integer", default: 7, min: 1, max: 9, description: "how often" },
    pause: { type: "number", description: "seconds" },
    name: { type: "string", required: true, description: "name of the section" },
    loud: { type: "boolean", description: "in capitals" },
  },
});
console.log(JSON.stringify(options));
`;

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-", ...args],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(PROGRAM));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

test("parseCommandLine() returns values of the declared types, and defaults", async () => {
  const { stdout } = await run("--name", "n", "--pause=0.5", "--loud");
  assertEquals(JSON.parse(stdout), { count: 7, pause: 0.5, name: "n", loud: true });
});

test("parseCommandLine() shows each option for --help and exits with 0", async () => {
  const { code, stdout } = await run("--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno run examples/x.ts [options]");
  assertStringIncludes(stdout, "--count <integer>  how often (default: 7)");
  assertStringIncludes(stdout, "--name <string>    name of the section (required)");
});

for (
  const [args, message] of [
    [["--name=n", "--bogus"], 'There is no option "--bogus".'],
    [["--name=n", "stray"], 'Unexpected argument "stray".'],
    [["--name=n", "--", "stray"], 'Unexpected argument "stray".'],
    [["--name=n", "--count=x"], '--count must be an integer from 1 to 9, not "x".'],
    [["--name=n", "--count=1.5"], '--count must be an integer from 1 to 9, not "1.5".'],
    [["--name=n", "--count=10"], '--count must be an integer from 1 to 9, not "10".'],
    [["--name=n", "--pause=Infinity"], '--pause must be a number, not "Infinity".'],
    [["--name=n", "--loud=yes"], '--loud has no value, but "--loud=yes" was given.'],
    [["--name"], "--name needs a value."],
    [[], "--name must be given: name of the section."],
  ] as const
) {
  test(`parseCommandLine() refuses "${args.join(" ")}" with exit code 2`, async () => {
    const { code, stdout, stderr } = await run(...args);
    assertStringIncludes(stderr, message);
    assertEquals([code, stdout], [2, ""]);
  });
}
