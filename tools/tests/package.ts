/** A package, by what it exports and by its files. */
export interface Package {
  readonly exports?: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Makes a package in a temporary folder, and removes it after the use.
 *
 * @param use gets the URL of the folder, which ends with a slash
 */
export async function withPackage<Result>(
  { exports = {}, files }: Package,
  use: (root: URL) => Result | Promise<Result>,
): Promise<Result> {
  const folder = (await Deno.makeTempDir({ prefix: "winipc-" })).replaceAll("\\", "/");
  const root = new URL(`file:///${folder.replace(/^\//, "")}/`);
  try {
    const config = { name: "@x/y", exports, fmt: { lineWidth: 100 } };
    const all = { "deno.json": JSON.stringify(config), ...files };
    for (const [path, text] of Object.entries(all)) {
      const file = new URL(path, root);
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
