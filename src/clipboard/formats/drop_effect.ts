// "Preferred DropEffect": what is meant to be done with the files ("Shell Clipboard Formats").

import { malformed, viewOf } from "./bytes.ts";

/** What the reader of a file list is to do: `"copy"`, `"move"` (they were cut) or `"link"`. */
export type DropEffect = "copy" | "move" | "link";

/** "DROPEFFECT Constants". */
const EFFECTS = { copy: 1, move: 2, link: 4 } as const;

export function encodeDropEffect(effect: DropEffect): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, EFFECTS[effect], true);
  return bytes;
}

/**
 * The effect, of which a writer may allow several: Explorer writes 5, copy or link, for files that
 * were copied, and 2 for files that were cut.
 *
 * @throws {Deno.errors.InvalidData} If it is none.
 */
export function decodeDropEffect(bytes: Uint8Array): DropEffect {
  if (bytes.length < 4) throw malformed(`it has ${bytes.length} bytes, and must have 4`);
  const effects = viewOf(bytes).getUint32(0, true);
  for (const effect of ["copy", "move", "link"] as const) {
    if ((effects & EFFECTS[effect]) !== 0) return effect;
  }
  throw malformed(`its value is ${effects}, which allows neither copying nor moving nor linking`);
}
