// Where Wine can be unpacked from on this system, and what to say where it cannot.

import { configuredTargets } from "./apt.ts";
import { exists, SetupError } from "./cache.ts";

/** Packages of one release of a distribution. */
export interface Archive {
  /** For file names. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Texts of a sources.list, to be tried in this order. */
  readonly sources: readonly string[];
}

/** What decides whether and from where Wine can be unpacked. */
export interface System {
  readonly os: string;
  readonly arch: string;
  /** The fields of /etc/os-release. */
  readonly release: ReadonlyMap<string, string>;
  /** The programs of those needed that are not on PATH. */
  readonly missing: readonly string[];
  readonly keyrings: string;
}

/** The Debian release that Wine is taken from on any Debian. */
const DEBIAN_RELEASE = "trixie";

/** Looks at the system this runs on. */
export async function readSystem(): Promise<System> {
  const missing: string[] = [];
  for (const program of ["apt-get", "apt-config", "dpkg-deb", "tar"]) {
    if (!await isOnPath(program)) missing.push(program);
  }
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    release: await osRelease(),
    missing,
    keyrings: "/usr/share/keyrings",
  };
}

/**
 * The archive to unpack Wine from.
 *
 * @throws {SetupError} there is none for this system; the text says what to install
 */
export async function archiveFor(system: System): Promise<Archive> {
  const remedy = "Install Wine 9 or newer, so that `wine` is on PATH, or set WINE_ROOT to the " +
    "folder of one unpacked (with usr/lib/wine/wine64 in it).";
  const refuse = (reason: string) => new SetupError(`${reason} ${remedy}`);
  if (system.os !== "linux" || system.arch !== "x86_64") {
    throw refuse(
      `The Windows programs of winipc run here under Wine, which is not on PATH, and which this ` +
        `can get by itself only on Linux for x86_64 (this is ${system.os} for ${system.arch}).`,
    );
  }
  if (system.missing.length > 0) {
    throw refuse(
      `Wine 9 or newer is not on PATH, and this can get it by itself only on Debian and Ubuntu: ` +
        `${system.missing.join(", ")} not found.`,
    );
  }
  const kinds = [system.release.get("ID"), ...(system.release.get("ID_LIKE") ?? "").split(" ")];
  if (kinds.includes("ubuntu")) return await ubuntu(system, refuse);
  if (kinds.includes("debian")) return await debian(system, refuse);
  throw refuse(
    `Wine 9 or newer is not on PATH, and this can get it by itself only on Debian and Ubuntu ` +
      `(this is ${system.release.get("PRETTY_NAME") ?? "another system"}).`,
  );
}

type Refuse = (reason: string) => SetupError;

/** On Debian: one release for all, from the mirror this machine uses, proved by Debian's keys. */
async function debian(system: System, refuse: Refuse): Promise<Archive> {
  const title = `Debian ${DEBIAN_RELEASE}`;
  const keyring = await findKeyring(system, "debian-archive-keyring", refuse);
  const own = system.release.get("VERSION_CODENAME");
  const targets = (await configuredTargets()).filter(({ component, release }) =>
    component === "main" && !release.endsWith("-security")
  );
  // The release of this system first: the others may be other people's archives.
  targets.sort((a, b) => Number(b.release === own) - Number(a.release === own));
  const mirrors = new Set(targets.map(({ uri }) => uri));
  if (mirrors.size === 0) throw refuse("The apt sources of this system name no archive of Debian.");
  return {
    name: `debian-${DEBIAN_RELEASE}`,
    title,
    sources: [...mirrors].map((uri) =>
      `deb [signed-by=${keyring}] ${uri} ${DEBIAN_RELEASE} main\n`
    ),
  };
}

/** On Ubuntu: this very release, whose universe has a new enough Wine since 24.04. */
async function ubuntu(system: System, refuse: Refuse): Promise<Archive> {
  const own = system.release.get("UBUNTU_CODENAME") ?? system.release.get("VERSION_CODENAME") ?? "";
  const keyring = await findKeyring(system, "ubuntu-archive-keyring", refuse);
  // Only Ubuntu's own archives have a universe.
  const targets = (await configuredTargets()).filter(({ component, release }) =>
    component === "universe" && release.split("-")[0] === own
  );
  const parts = new Set(targets.map(({ uri, release }) => `${uri} ${release}`));
  if (own === "" || parts.size === 0) {
    throw refuse(
      "Wine 9 or newer is not on PATH, and the apt sources of this system do not name Ubuntu's " +
        "universe, from which this could get it by itself.",
    );
  }
  return {
    name: `ubuntu-${own}`,
    title: `Ubuntu ${own}`,
    sources: [
      [...parts].map((part) => `deb [signed-by=${keyring}] ${part} main universe\n`).join(""),
    ],
  };
}

async function findKeyring(system: System, name: string, refuse: Refuse): Promise<string> {
  for (const suffix of ["gpg", "pgp"]) {
    const path = `${system.keyrings}/${name}.${suffix}`;
    if (await exists(path)) return path;
  }
  throw refuse(
    `Wine 9 or newer is not on PATH, and this cannot get it by itself without the keys that prove ` +
      `packages genuine: there is no ${name} in ${system.keyrings}.`,
  );
}

async function isOnPath(program: string): Promise<boolean> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    if (folder !== "" && await exists(`${folder}/${program}`)) return true;
  }
  return false;
}

/** os-release(5): NAME=value lines, the value optionally in quotes. */
async function osRelease(): Promise<Map<string, string>> {
  if (!await exists("/etc/os-release")) return new Map();
  const text = await Deno.readTextFile("/etc/os-release");
  return new Map(
    [...text.matchAll(/^([A-Z_]+)=(["']?)(.*)\2$/gm)].map(([, name, , value]) => [name, value]),
  );
}
