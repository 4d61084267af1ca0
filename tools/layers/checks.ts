// What src and deno.json must be like, so that the table of layers is true.

import type { Edges } from "../layers.ts";

/** Exports beside that of their room, as they load Deno's Node compatibility. */
const NODE_EXPORTS: readonly (readonly [name: string, file: string])[] = [
  ["./named-pipe/node", "named_pipe/node_stream.ts"],
  ["./named-pipe/http", "named_pipe/http/http.ts"],
];

/** Whether a module may load Deno's Node compatibility: only these exports lead to those that do. */
function mayLoadNode(file: string): boolean {
  return file === "named_pipe/pipe_duplex.ts" || file.startsWith("named_pipe/http/");
}

/** The one module that takes messages synchronously. It runs in a Worker of its own, which no export imports. */
const SYNCHRONOUS_PORT = {
  file: "core/pump/message_loop.ts",
  module: "node:worker_threads",
} as const;

/** One import of a module of src. */
export interface Import {
  /** The module that imports, by its path below src. */
  readonly from: string;
  /** What it imports: a path below src if `inside`, else a path below the root or a URL. */
  readonly to: string;
  readonly inside: boolean;
}

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
 * All imports of src, whether an export of the package leads to them or not.
 *
 * @param root URL of the repository, ending with a slash
 */
export async function importsOf(root: URL): Promise<Import[]> {
  const source = new URL("src/", root).href;
  const { modules } = await moduleGraph(root);
  return modules
    .filter(({ specifier }) => specifier.startsWith(source))
    .flatMap(({ specifier, dependencies = [] }) =>
      dependencies.map(({ code, type }) => {
        const to = code?.specifier ?? type?.specifier ?? "";
        const inside = to.startsWith(source);
        return {
          from: specifier.slice(source.length),
          to: inside ? to.slice(source.length) : to.replace(root.href, ""),
          inside,
        };
      })
    );
}

/** Finds the imports that the table does not allow, and those of anything outside src: one sentence for each. */
export function brokenImports(imports: readonly Import[], edges: Edges): string[] {
  const broken: string[] = [];
  for (const { from, to, inside } of imports) {
    if (mayLoadNode(from) && to.startsWith("node:")) continue;
    if (from === SYNCHRONOUS_PORT.file && to === SYNCHRONOUS_PORT.module) continue;
    const room = roomOf(from);
    const allowed = [room, ...edges[room] ?? []];
    if (!inside) {
      broken.push(`src/${from} imports ${to}, which is not in src.`);
    } else if (!allowed.includes(roomOf(to))) {
      broken.push(`src/${from} imports src/${to}; it may import ${allowed.join(", ")}.`);
    }
  }
  return broken;
}

/**
 * Finds the edges of the table that no import needs: one sentence for each.
 *
 * @param core Rooms that are allowed together: a room that may import all of them need not use each.
 */
export function unusedEdges(
  imports: readonly Import[],
  edges: Edges,
  core: readonly string[],
): string[] {
  const used = new Set(
    imports.filter(({ inside }) => inside).map(({ from, to }) => `${roomOf(from)} ${roomOf(to)}`),
  );
  return Object.entries(edges).flatMap(([room, allowed]) => {
    const whole = core.every((name) => allowed.includes(name));
    return allowed
      .filter((name) => !used.has(`${room} ${name}`) && !(whole && core.includes(name)))
      .map((name) =>
        `The table of tools/layers.ts lets ${room} import ${name}, and nothing does: remove that.`
      );
  });
}

/** Finds the edges of the table to a room that is not above it, without which there is no cycle: one sentence for each. */
export function upwardEdges(edges: Edges): string[] {
  const rooms = Object.keys(edges);
  return Object.entries(edges).flatMap(([room, allowed], index) =>
    allowed.filter((name) => !rooms.slice(0, index).includes(name))
      .map((name) =>
        `The table of tools/layers.ts must have ${name} above ${room}, which imports it.`
      )
  );
}

/** Finds the folders of src that the table does not have, and the reverse: one sentence for each. */
export function misplacedRooms(root: URL, edges: Edges): string[] {
  const rooms = new Set(sourceFiles(root).map(roomOf));
  const unlisted = [...rooms].filter((room) => edges[room] === undefined);
  const absent = Object.keys(edges).filter((room) => !rooms.has(room));
  return [
    ...unlisted.map((room) => `src/${room} is not in the table of tools/layers.ts.`),
    ...absent.map((room) =>
      `The table of tools/layers.ts has ${room}, and there is no src/${room}.`
    ),
  ];
}

/**
 * Finds what does not hold of this rule, one sentence for each: a room has one mod.ts, which is an export under the room's name
 * with dashes; a room of the core has none.
 */
export async function misplacedExports(
  root: URL,
  edges: Edges,
  core: readonly string[],
): Promise<string[]> {
  const rooms = Object.keys(edges).filter((room) => !core.includes(room));
  const expected = new Map([
    [".", "./mod.ts"],
    ...NODE_EXPORTS.map(([name, file]) => [name, `./src/${file}`] as const),
    ...rooms.map((room) => [exportOf(room), `./src/${room}/mod.ts`] as const),
  ]);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const exports = new Map(Object.entries<string>(config.exports));
  const files = sourceFiles(root);
  const stray = files.filter((file) =>
    file.endsWith("/mod.ts") && !rooms.some((room) => file === `${room}/mod.ts`)
  );
  return [
    ...rooms.filter((room) => !files.includes(`${room}/mod.ts`))
      .map((room) => `src/${room} has no mod.ts.`),
    ...stray.map((file) => `src/${file} must not be called mod.ts: it is not that of a room.`),
    ...rooms.filter((room) => exports.get(exportOf(room)) !== expected.get(exportOf(room)))
      .map((room) => `deno.json must export "${exportOf(room)}": "./src/${room}/mod.ts".`),
    ...[...exports].filter(([name]) => !expected.has(name))
      .map(([name]) => `deno.json exports "${name}", and there is no room of that name.`),
  ];
}

function exportOf(room: string): string {
  return `./${room.replaceAll("_", "-")}`;
}

/** The room of a module, by its path below src. */
function roomOf(path: string): string {
  const folders = path.split("/");
  return folders.slice(0, folders[0] === "core" ? 2 : 1).join("/");
}

/** What every module of src imports. */
async function moduleGraph(root: URL): Promise<ModuleGraph> {
  // `deno info` takes one module: this one imports them all.
  const all = await Deno.makeTempFile({ prefix: "winipc-", suffix: ".ts" });
  try {
    const imports = sourceFiles(root).map((path) => new URL(`src/${path}`, root).href);
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

/** The modules of src, sorted, by their paths below it. */
function sourceFiles(root: URL): string[] {
  return [...filesIn(new URL("src/", root), "")].sort();
}

function* filesIn(source: URL, folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, source))) {
    if (isDirectory) yield* filesIn(source, `${folder}${name}/`);
    else if (name.endsWith(".ts")) yield folder + name;
  }
}
