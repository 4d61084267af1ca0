// The rule of the architecture: dependencies go one way.
//
// deno run -A tools/layers.ts            fails if src breaks it, or if the drawing in ARCHITECTURE.md is stale
// deno run -A tools/layers.ts --write    draws it: deno task draw

import {
  brokenImports,
  importsOf,
  misplacedExports,
  misplacedRooms,
  unusedEdges,
  upwardEdges,
} from "./layers/checks.ts";
import { drawnIn, drawnRooms } from "./layers/drawing.ts";

/** The allowed imports of each room: the names of other rooms. */
export type Edges = Readonly<Record<string, readonly string[]>>;

/** What stands below every mechanism, and is no export of the package. */
const CORE_EDGES = {
  "win32": [],
  "core/text": [],
  "core/options": [],
  "core/error": ["win32", "core/text"],
  "core/memory": ["win32", "core/error"],
  "core/callback": ["win32", "core/error"],
  "core/thread": ["win32", "core/text", "core/error", "core/memory", "core/callback"],
  "core/handle": ["win32", "core/text", "core/error", "core/thread"],
  "core/io": [
    "win32",
    "core/options",
    "core/error",
    "core/memory",
    "core/callback",
    "core/thread",
    "core/handle",
  ],
  "core/worker": ["core/error"],
  "core/pump": [
    "win32",
    "core/text",
    "core/options",
    "core/error",
    "core/callback",
    "core/thread",
    "core/handle",
    "core/worker",
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
} as const satisfies Edges;

/** What a mechanism may import, whatever else it needs. */
export const CORE: readonly string[] = Object.keys(CORE_EDGES);

/**
 * The one table of allowed imports: each room of src with the rooms it may import besides itself. A room is a folder of src, or of
 * src/core. Each names only rooms above it in this table, so there is no cycle.
 */
export const EDGES: Edges = {
  ...CORE_EDGES,
  "struct": ["core/text", "core/options", "core/memory"],
  "security": [...CORE, "struct"],
  "sync": [...CORE, "struct", "security"],
  "shared_memory": [...CORE, "struct", "security"],
  "anonymous_pipe": [...CORE],
  "process": [...CORE, "struct", "sync", "anonymous_pipe"],
  "named_pipe": [...CORE, "security"],
  "mailslot": [...CORE, "security"],
  "single_instance": [...CORE, "security", "sync", "named_pipe"],
  "clipboard": [...CORE],
  "window_message": [...CORE, "struct", "security"],
  "channel": [...CORE, "struct", "security", "sync", "shared_memory", "process"],
  "testing": [...CORE],
};

/** What each room of the core is for; the others say it in the first sentence of their mod.ts. */
export const CORE_PURPOSES: Readonly<Record<keyof typeof CORE_EDGES, string>> = {
  "win32": "The functions and constants of Windows, one file per DLL, without logic.",
  "core/text": "UTF-16 strings, and the names of objects and files.",
  "core/options": "What all calls do with their options: checks, timeouts and signals.",
  "core/error": "Errors of Windows, as the classes of Deno where there is one.",
  "core/memory":
    "Native memory, the sizes of what goes to native code, and memory that is only read.",
  "core/callback":
    "Native code for the callbacks of other threads, as no JavaScript may run there.",
  "core/thread":
    "What one thread of JavaScript has from Windows, and what becomes of it when the thread ends.",
  "core/handle": "Handles that are closed exactly once, and objects that are opened by name.",
  "core/io":
    "Asynchronous and blocking I/O on one handle: the completion port, deadlines, streams.",
  "core/wait": "Waits for one kernel object, and for one that does not exist yet.",
  "core/worker": "Workers that the package runs for itself, and errors that cross threads.",
  "core/pump": "The message thread: a hidden Worker that owns windows and runs their message loop.",
};

/** Where the drawing is, from the root. */
const DRAWING_FILE = "ARCHITECTURE.md";

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const file = new URL(DRAWING_FILE, root);
  const imports = await importsOf(root);
  const problems = [
    ...upwardEdges(EDGES),
    ...brokenImports(imports, EDGES),
    ...unusedEdges(imports, EDGES, CORE),
    ...misplacedRooms(root, EDGES),
    ...await misplacedExports(root, EDGES, CORE),
  ];
  if (problems.length === 0) {
    const written = (await Deno.readTextFile(file)).replaceAll("\r\n", "\n");
    const drawn = drawnIn(written, await drawnRooms(root, EDGES, CORE_PURPOSES));
    if (Deno.args.includes("--write")) await Deno.writeTextFile(file, drawn);
    else if (drawn !== written) {
      problems.push(`The drawing in ${DRAWING_FILE} is stale. Run: deno task draw`);
    }
  }
  for (const line of problems) console.error(line);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
