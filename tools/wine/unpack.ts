// Unpacking Wine from the packages of Debian or Ubuntu into the cache folder, without root.

import { IsolatedApt, unpackPackage } from "./apt.ts";
import { type Archive, archiveFor, readSystem } from "./archive.ts";
import { exists, SetupError } from "./cache.ts";
import { FileLock } from "./lock.ts";
import { Progress } from "./progress.ts";
import { stripFolder } from "./strip.ts";
import { endToolsWithUs, runTool } from "./tool.ts";

/** Wine without the parts that draw, print or play, and what its 64-bit half stands on. */
const PACKAGES = [
  "libwine",
  "wine64",
  "libc6",
  "libgcc-s1",
  "libstdc++6",
  "libunwind8",
  "liblzma5",
  "zlib1g",
  "libfreetype6",
  "libpng16-16t64",
  "libbrotli1",
  "libbz2-1.0",
  "libz-mingw-w64",
  "patchelf",
];

/** Parts of those packages that no console program uses; the larger half. */
const EXCLUDE = [
  "./usr/share/doc*",
  "./usr/share/man",
  "./usr/share/locale",
  "./usr/share/lintian",
  "*/i?86-w64-mingw32*",
  "*w64-mingw32ucrt*",
  "*/i386-windows",
  "*/winewayland.*",
  "*/wine/x86_64-windows/d3dx*",
];

const DLLS = "usr/lib/x86_64-linux-gnu/wine/x86_64-windows";

/** How the folders are named in which packages are downloaded. */
const WORK = "unpacking-";

/** The last file to be written: what has it is whole. */
const STAMP = ".winipc-complete";

/**
 * The folder of a Wine unpacked into the cache folder; unpacks one if there is none.
 *
 * Two runs at once are safe: the second waits for the first. So is an interrupted one: what it
 * left is removed by the next.
 *
 * @throws {SetupError} this system has no Wine packages that can be unpacked, or that failed
 */
export async function unpackWine(cache: string): Promise<string> {
  const ready = await findUnpacked(cache);
  if (ready !== undefined) return ready;
  const archive = await archiveFor(await readSystem());

  using _lock = await FileLock.take(`${cache}/wine.lock`, {
    exclusive: true,
    onWait: (holder) => console.error(`Waiting for another run that gets Wine (${holder}) ...`),
  });
  const readyNow = await findUnpacked(cache);
  if (readyNow !== undefined) return readyNow;

  using _end = endToolsWithUs();
  const root = `${cache}/wine-${archive.name}`;
  // Never the same folder twice: a tool of a run that was killed may still be writing to its own.
  const work = `${cache}/${WORK}${crypto.randomUUID()}`;
  // Left by runs that were interrupted. Wine's folder is not relocatable (the programs name their
  // loader and libraries by full paths), so it is unpacked in place, and the stamp comes last.
  for (const { name } of Deno.readDirSync(cache)) {
    if (name.startsWith(WORK)) await removeFolder(`${cache}/${name}`);
  }
  await removeFolder(root);
  console.error(
    `Wine 9 or newer is needed, and there is none on PATH: unpacking it once from ${archive.title} ` +
      `to ${root}, for this user only.`,
  );
  await Deno.mkdir(work);
  await Deno.mkdir(root);
  try {
    const version = await unpack(archive, work, root);
    await Deno.writeTextFile(`${root}/${STAMP}`, `${version}\n`);
    return root;
  } catch (error) {
    await removeFolder(root);
    throw error;
  } finally {
    await removeFolder(work);
  }
}

async function findUnpacked(cache: string): Promise<string | undefined> {
  for await (const { name } of Deno.readDir(cache)) {
    if (name.startsWith("wine-") && await exists(`${cache}/${name}/${STAMP}`)) {
      return `${cache}/${name}`;
    }
  }
  return undefined;
}

/** Returns the version of the package libwine. */
async function unpack(archive: Archive, work: string, root: string): Promise<string> {
  const apt = await openArchive(archive, work);
  const wine = (await apt.offers(["libwine"]))[0]?.file.split("_")[1] ?? "none";
  if (!(parseInt(wine) >= 9)) {
    throw new SetupError(
      `${archive.title} offers Wine ${wine}, but Wine 9 or newer is needed: ` +
        "install a newer one, so that `wine` is on PATH.",
    );
  }
  const files = await apt.download(PACKAGES);
  {
    using progress = new Progress("Unpacking Wine");
    let bytes = 0;
    for (const file of files) {
      await unpackPackage(file, root, EXCLUDE, (count) => progress.bytes(bytes += count));
    }
  }
  stripFolder(`${root}/${DLLS}`);
  await fitTogether(root);
  return wine;
}

/** The first of the archive's sources that can be reached and is signed by its keyring. */
async function openArchive(archive: Archive, work: string): Promise<IsolatedApt> {
  const failures: string[] = [];
  for (const [index, sources] of archive.sources.entries()) {
    const folder = `${work}/apt-${index}`;
    await Deno.mkdir(folder);
    const apt = await IsolatedApt.create(folder, sources);
    try {
      using _progress = new Progress(`Reading the package lists of ${archive.title}`);
      await apt.update();
      return apt;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      failures.push(error.message);
    }
  }
  throw new SetupError(
    `The packages of ${archive.title} cannot be read. Install Wine 9 or newer, so that \`wine\` ` +
      `is on PATH, or mend this:\n${failures.join("\n")}`,
  );
}

/** Makes one working Wine of the unpacked packages. */
async function fitTogether(root: string): Promise<void> {
  const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
  const programs = `${root}/usr/lib/wine`;

  // The loader starts "wineserver", and looks for its data in "wine" of share/wine's folder.
  await replaceLink("wineserver64", `${programs}/wineserver`);
  await replaceLink(".", `${root}/usr/share/wine/wine`);

  // Wine loads a DLL of its own folder only with its mark, at byte 64 of the file.
  const zlib = await Deno.readFile(`${root}/usr/x86_64-w64-mingw32/lib/zlib1.dll`);
  zlib.fill(0, 64, 96);
  zlib.set(new TextEncoder().encode("Wine builtin DLL"), 64);
  const marked = `${root}/${DLLS}/zlib1.dll`;
  await removeLink(marked);
  await Deno.writeFile(marked, zlib);

  // The programs must use the C library they come with, for the system's may be older.
  const loader = `${libraries}/ld-linux-x86-64.so.2`;
  for (const program of ["wine64", "wineserver64"]) {
    await runTool(loader, [
      "--library-path",
      libraries,
      `${root}/usr/bin/patchelf`,
      "--set-interpreter",
      loader,
      "--force-rpath",
      "--set-rpath",
      libraries,
      `${programs}/${program}`,
    ]);
  }
}

async function replaceLink(target: string, path: string): Promise<void> {
  await removeLink(path);
  await Deno.symlink(target, path);
}

async function removeLink(path: string): Promise<void> {
  if (await exists(path)) await Deno.remove(path);
}

async function removeFolder(path: string): Promise<void> {
  if (await exists(path)) await Deno.remove(path, { recursive: true });
}
