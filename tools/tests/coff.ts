// Reads object files of Windows compilers ("PE Format", COFF), as far as the tests of the thunks
// need it.

const HEADER_SIZE = 20;
const SECTION_SIZE = 40;
const RELOCATION_SIZE = 10;
const SYMBOL_SIZE = 18;

/** A section's contents, and the words in it that are relative to the start of a section. */
export interface Section {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By offset: the section and the offset in it that the word there refers to. */
  readonly references: ReadonlyMap<number, Reference>;
}

/** A place in an object file. */
export interface Reference {
  readonly section: string;
  readonly offset: number;
}

/** The sections of an object file by name. */
export function readObject(file: Uint8Array<ArrayBuffer>): Map<string, Section> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const symbols = view.getUint32(8, true);
  const names = Array.from(
    { length: view.getUint16(2, true) },
    (_, index) => textAt(file, HEADER_SIZE + index * SECTION_SIZE, 8),
  );
  return new Map(names.map((name, index) => {
    const header = HEADER_SIZE + index * SECTION_SIZE;
    const start = view.getUint32(header + 20, true);
    const bytes = file.slice(start, start + view.getUint32(header + 16, true));
    const words = new DataView(bytes.buffer);
    const references = new Map<number, Reference>();
    for (let i = 0; i < view.getUint16(header + 32, true); i++) {
      const relocation = view.getUint32(header + 24, true) + i * RELOCATION_SIZE;
      const place = view.getUint32(relocation, true);
      const symbol = symbols + view.getUint32(relocation + 4, true) * SYMBOL_SIZE;
      references.set(place, {
        section: names[view.getInt16(symbol + 12, true) - 1],
        offset: view.getUint32(symbol + 8, true) + words.getUint32(place, true),
      });
    }
    return [name, { bytes, references }];
  }));
}

function textAt(file: Uint8Array<ArrayBuffer>, start: number, length: number): string {
  return new TextDecoder().decode(file.subarray(start, start + length)).replace(/\0+$/, "");
}
