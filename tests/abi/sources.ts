const SRC = new URL("../../src/", import.meta.url);

/** What the modules of src/win32 export, by name. */
export async function win32Exports(): Promise<Map<string, unknown>> {
  const exported = new Map<string, unknown>();
  const folder = new URL("win32/", SRC);
  for await (const { name: file } of Deno.readDir(folder)) {
    const module: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const [name, value] of Object.entries(module)) exported.set(name, value);
  }
  return exported;
}

/** The text of every file of src, by its path from there. */
export async function sourceTexts(folder = ""): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, SRC))) {
    const path = folder + name;
    if (isDirectory) { for (const entry of await sourceTexts(`${path}/`)) texts.set(...entry); }
    else texts.set(path, await Deno.readTextFile(new URL(path, SRC)));
  }
  return texts;
}
