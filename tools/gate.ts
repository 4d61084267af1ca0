// deno task gate: everything that can be checked without running the library, on any system.
//
// The last line is "N passed, N failed".

const ROOT = `${import.meta.dirname}/..`;

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

/** What is type-checked, as far as it exists. */
const CODE = ["mod.ts", "src", "examples", "tests", "bench", "tools"];

function steps(): Step[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const modules: string[] = Object.values(exports);
  const code = CODE.filter(existsInRepository);
  const documented = ["README.md", "mod.ts", "src"].filter(existsInRepository);
  return [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", "--quiet", ...code] },
    { name: "layers", args: ["run", "-A", "tools/layers.ts"] },
    { name: "api", args: ["run", "-A", "tools/api.ts"] },
    { name: "documentation", args: ["doc", "--lint", ...modules] },
    { name: "examples in documentation", args: ["check", "--quiet", "--doc-only", ...documented] },
    { name: "package", args: ["publish", "--dry-run", "--allow-dirty"] },
  ];
}

function existsInRepository(path: string): boolean {
  try {
    Deno.statSync(`${ROOT}/${path}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Runs a step, shows its name, result and time (seconds), and what it said if it failed. */
async function run(step: Step): Promise<boolean> {
  const start = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...step.args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${step.name.padEnd(28)} ${success ? "ok    " : "FAILED"} ${seconds.padStart(6)} s`);
  if (!success) {
    Deno.stdout.writeSync(stdout);
    Deno.stdout.writeSync(stderr);
  }
  return success;
}

let failed = 0;
const all = steps();
for (const step of all) {
  if (!await run(step)) failed++;
}
console.log(`\n${all.length - failed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
