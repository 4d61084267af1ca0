// The rule of the architecture: dependencies go one way.

/** All of src/core, for what stands above it. */
const CORE = [
  "core/text",
  "core/options",
  "core/error",
  "core/callback",
  "core/memory",
  "core/callback",
  "core/thread",
  "core/handle",
  "core/io",
  "core/wait",
] as const;

/** What a mechanism may import, whatever else it needs. */
const BASE = ["win32", ...CORE, "struct", "security"] as const;

/**
 * The one table of allowed imports: each room of src with the rooms it may import besides itself. A room is a folder of src,
 * or of src/core. Each names only rooms above it in this table, so there is no cycle.
 */
export const EDGES: Readonly<Record<string, readonly string[]>> = {
  "win32": [],
  "core/text": ["win32"],
  "core/options": ["win32", "core/text"],
  "core/error": ["win32", "core/text"],
  "core/callback": ["win32", "core/error"],
  "core/memory": ["win32", "core/text", "core/error"],
  "core/callback": ["win32", "core/error"],
  "core/thread": ["win32", "core/text", "core/error", "core/memory", "core/callback"],
  "core/handle": ["win32", "core/text", "core/error", "core/memory", "core/thread"],
  "core/io": [
    "win32",
    "core/text",
    "core/options",
    "core/error",
    "core/memory",
    "core/callback",
    "core/thread",
    "core/handle",
  ],
  "core/wait": [
    "win32",
    "core/options",
    "core/error",
    "core/memory",
    "core/callback",
    "core/thread",
    "core/handle",
    "core/io",
  ],
  "struct": ["core/text", "core/memory"],
  "security": ["win32", ...CORE, "struct"],
  "sync": BASE,
  "shared_memory": BASE,
  "anonymous_pipe": BASE,
  "process": [...BASE, "anonymous_pipe"],
  "named_pipe": BASE,
  "mailslot": BASE,
  "channel": [...BASE, "sync", "shared_memory", "process"],
};

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
 * Finds the imports that {@linkcode EDGES} does not allow, and those of anything outside src.
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
    const room = roomOf(from);
    const allowed = [room, ...EDGES[room] ?? []];
    for (const { code, type } of dependencies) {
      const to = code?.specifier ?? type?.specifier ?? "";
      if (from === NODE_ADAPTER && to.startsWith("node:")) continue;
      const inside = to.startsWith(source) ? to.slice(source.length) : undefined;
      if (inside === undefined) {
        broken.push(`src/${from} imports ${to.replace(root.href, "")}, which is not in src.`);
      } else if (!allowed.includes(roomOf(inside))) {
        broken.push(`src/${from} imports src/${inside}; it may import ${allowed.join(", ")}.`);
      }
    }
  }
  return broken;
}

/** The room of a module, by its path below src. */
function roomOf(path: string): string {
  const folders = path.split("/");
  return folders.slice(0, folders[0] === "core" ? 2 : 1).join("/");
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
