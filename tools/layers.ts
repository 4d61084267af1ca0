// The rule of the architecture: dependencies go one way.

/** The folders of src that others may import, each with what it may import itself. */
const BASE: Readonly<Record<string, readonly string[]>> = {
  win32: [],
  core: ["win32"],
  security: ["core", "win32"],
};

/** Every other folder of src is a mechanism. */
const MECHANISM = ["security", "core", "win32"];

/** The one module that may load Deno's Node compatibility; it has an export of its own. */
const NODE_ADAPTER = "named_pipe/node_stream.ts";

/** The part of `deno info --json` that is used here. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/**
 * Finds the imports that break the rule: src/win32 imports nothing, src/core only win32, src/security
 * only these two, and a mechanism only these three; nothing in src imports anything outside src.
 *
 * @param root URL of the repository, ending with a slash
 * @returns one sentence for each such import
 */
export async function brokenLayers(root: URL): Promise<string[]> {
  const source = new URL("src/", root).href;
  const graph = await moduleGraph(root);
  const broken: string[] = [];
  for (const { specifier, dependencies = [] } of graph.modules) {
    if (!specifier.startsWith(source)) continue;
    const from = specifier.slice(source.length);
    const folder = from.split("/")[0];
    const allowed = [folder, ...BASE[folder] ?? MECHANISM];
    for (const { code, type } of dependencies) {
      const to = code?.specifier ?? type?.specifier ?? "";
      if (from === NODE_ADAPTER && to.startsWith("node:")) continue;
      const inside = to.startsWith(source) ? to.slice(source.length) : undefined;
      if (inside === undefined) {
        broken.push(`src/${from} imports ${to.replace(root.href, "")}, which is not in src.`);
      } else if (!allowed.includes(inside.split("/")[0])) {
        broken.push(`src/${from} imports src/${inside}; it may import ${allowed.join(", ")}.`);
      }
    }
  }
  return broken;
}

/** What every module of src imports, whether an export of the package leads to it or not. */
async function moduleGraph(root: URL): Promise<ModuleGraph> {
  // `deno info` takes one module: this one imports them all.
  const all = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".ts" });
  try {
    const imports = [...sourceFiles(new URL("src/", root))];
    await Deno.writeTextFile(all, imports.map((url) => `import "${url}";\n`).join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", all],
      cwd: root,
      stdin: "null",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(all);
  }
}

function* sourceFiles(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sourceFiles(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder).href;
  }
}

if (import.meta.main) {
  const broken = await brokenLayers(new URL("../", import.meta.url));
  for (const line of broken) console.error(line);
  Deno.exit(broken.length > 0 ? 1 : 0);
}
