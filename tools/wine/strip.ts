// Taking the debugging information off Wine's DLLs: four fifths of their size, and Wine copies
// them into each prefix. Done here because a machine without a compiler has no `strip`.
//
// Layout: Microsoft's "PE Format" specification.

const COFF = { sections: 2, symbolTable: 8, symbols: 12, optionalSize: 16, size: 20 };
const OPTIONAL = { sectionAlignment: 32, imageSize: 56 };
const SECTION = {
  virtualSize: 8,
  virtualAddress: 12,
  rawSize: 16,
  rawPointer: 20,
  flags: 36,
  size: 40,
};

/** IMAGE_SCN_MEM_DISCARDABLE: not needed once the file has been loaded. */
const DISCARDABLE = 0x02000000;

/** All headers of Wine's DLLs lie within so many bytes. */
const HEADERS = 4096;

/** Strips every PE file directly in a folder, in place. */
export function stripFolder(folder: string): void {
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (isFile) stripFile(`${folder}/${name}`);
  }
}

/** Cuts the debugging sections off the end of a PE file; leaves any other file as it is. */
function stripFile(path: string): void {
  using file = Deno.openSync(path, { read: true, write: true });
  const bytes = new Uint8Array(HEADERS);
  file.readSync(bytes);
  const end = stripHeaders(new DataView(bytes.buffer));
  if (end === undefined || end < HEADERS) return;
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(bytes);
  file.truncateSync(end);
}

/** Removes the debugging sections from the headers; returns where the file then ends. */
function stripHeaders(view: DataView): number | undefined {
  const pe = view.getUint32(0x3c, true);
  if (view.getUint16(0) !== 0x4d5a || pe > HEADERS / 2 || view.getUint32(pe) !== 0x50450000) {
    return undefined;
  }
  const coff = pe + 4;
  const optional = coff + COFF.size;
  const table = optional + view.getUint16(coff + COFF.optionalSize, true);
  const count = view.getUint16(coff + COFF.sections, true);
  if (table + count * SECTION.size > HEADERS) return undefined;

  // A name longer than 8 bytes (".debug_info") is "/" and an offset into the symbol table's strings.
  // ".eh_frame" is one too, but is needed at run time, and so is not discardable.
  const isDebug = (index: number) =>
    view.getUint8(table + index * SECTION.size) === 0x2f &&
    (view.getUint32(table + index * SECTION.size + SECTION.flags, true) & DISCARDABLE) !== 0;
  let kept = count;
  while (kept > 0 && isDebug(kept - 1)) kept--;
  if (kept === count || kept === 0) return undefined;

  let end = 0;
  let imageEnd = 0;
  for (let index = 0; index < kept; index++) {
    const field = (offset: number) => view.getUint32(table + index * SECTION.size + offset, true);
    end = Math.max(end, field(SECTION.rawPointer) + field(SECTION.rawSize));
    imageEnd = Math.max(imageEnd, field(SECTION.virtualAddress) + field(SECTION.virtualSize));
  }
  const alignment = view.getUint32(optional + OPTIONAL.sectionAlignment, true);
  view.setUint32(
    optional + OPTIONAL.imageSize,
    Math.ceil(imageEnd / alignment) * alignment,
    true,
  );
  view.setUint16(coff + COFF.sections, kept, true);
  view.setUint32(coff + COFF.symbolTable, 0, true);
  view.setUint32(coff + COFF.symbols, 0, true);
  for (let at = table + kept * SECTION.size; at < table + count * SECTION.size; at++) {
    view.setUint8(at, 0);
  }
  return end;
}
