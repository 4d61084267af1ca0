// The layers as text and as a graph, for ARCHITECTURE.md.

import type { Edges } from "../layers.ts";

/** The lines between which the drawing is. */
const BEGIN = "<!-- drawn by `deno task draw` -->";
const END = "<!-- end of the drawing -->";

/** How wide the text may be. */
const WIDTH = 100;

/** A room, as it is drawn. */
export interface DrawnRoom {
  readonly name: string;
  readonly purpose: string;
  /** Whether it is a room of the core, which is no export of the package. */
  readonly isCore: boolean;
  /** How many rooms stand on each other below it. */
  readonly level: number;
  /** What it may import. */
  readonly imports: readonly string[];
}

/**
 * The rooms of the table, with what they are for: the first sentence of their mod.ts.
 *
 * @param corePurposes What the rooms of the core are for, which have no mod.ts.
 */
export async function drawnRooms(
  root: URL,
  edges: Edges,
  corePurposes: Readonly<Record<string, string>>,
): Promise<DrawnRoom[]> {
  return await Promise.all(
    Object.entries(edges).map(async ([name, imports]) => {
      const corePurpose = corePurposes[name];
      const file = new URL(`src/${name}/mod.ts`, root);
      const purpose = corePurpose ?? firstSentence(await Deno.readTextFile(file));
      const isCore = corePurpose !== undefined;
      return { name, purpose, isCore, imports, level: levelOf(name, edges) };
    }),
  );
}

/** The first sentence of a module's documentation. */
export function firstSentence(module: string): string {
  const paragraph = /^\/\*\*\s*([\s\S]*?)\s*(?:\*\/|\n \*\n)/.exec(module)?.[1] ?? "";
  const text = paragraph.replaceAll(/\s*\n \*\s*/g, " ").replace(/^\*\s*/, "");
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** The longest way down from a room. */
function levelOf(room: string, edges: Edges): number {
  return Math.max(0, ...(edges[room] ?? []).map((below) => levelOf(below, edges) + 1));
}

/**
 * Replaces the drawing in a page.
 *
 * @throws {Error} If the page has no place for it.
 */
export function drawnIn(page: string, rooms: readonly DrawnRoom[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`There is no place for the drawing: the lines ${BEGIN} and ${END}.`);
  }
  return `${page.slice(0, begin + BEGIN.length)}\n\n${drawing(rooms)}\n\n${page.slice(end)}`;
}

/** A graph of the mechanisms, and a text of all rooms, from the highest level down. */
export function drawing(rooms: readonly DrawnRoom[]): string {
  const core = rooms.filter(({ isCore }) => isCore).map(({ name }) => name);
  return `\`\`\`mermaid\n${graph(rooms, core)}\n\`\`\`\n\n\`\`\`text\n${
    levels(rooms, core)
  }\n\`\`\``;
}

/** The edges between mechanisms. Those to the core are drawn only where there is no other way down to it. */
function graph(rooms: readonly DrawnRoom[], core: readonly string[]): string {
  const lines = rooms.filter(({ isCore }) => !isCore).toReversed().flatMap(({ name, imports }) => {
    const mechanisms = imports.filter((below) => !core.includes(below));
    return (mechanisms.length > 0 ? mechanisms : ["core"]).map((to) => `  ${name} --> ${to}`);
  });
  return ["graph TD", ...lines, '  core["core and win32"]'].join("\n");
}

function levels(rooms: readonly DrawnRoom[], core: readonly string[]): string {
  const indent = Math.max(...rooms.map(({ name }) => name.length)) + 2;
  const sorted = rooms.toSorted((a, b) => Number(a.isCore) - Number(b.isCore) || b.level - a.level);
  const blocks = Map.groupBy(sorted, ({ isCore, level }) => `${isCore} ${level}`);
  return [...blocks.values()]
    .map((block) =>
      block.flatMap((room) => {
        const text = [
          ...wrapped(room.purpose, WIDTH - indent),
          ...wrapped(importsText(room, core), WIDTH - indent),
        ];
        return text.map((line, index) => (index === 0 ? room.name : "").padEnd(indent) + line);
      }).join("\n")
    )
    .join("\n\n");
}

/** What a room imports, the core in one word if it is allowed as a whole. */
function importsText({ imports }: DrawnRoom, core: readonly string[]): string {
  if (imports.length === 0) return "imports nothing";
  if (!core.every((name) => imports.includes(name))) return `imports ${imports.join(", ")}`;
  const mechanisms = imports.filter((name) => !core.includes(name));
  return `imports ${[...mechanisms, "core"].join(", ")}`;
}

/** Text in lines that are at most so long, if no word is longer. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && line.length <= width) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}
