// Getting packages with the machine's apt, without root and without touching its state.

import { SetupError } from "./cache.ts";
import { Progress } from "./progress.ts";
import { runTool, startTool, toolFailure } from "./tool.ts";

/** A part of a package archive that this machine's apt can reach. */
export interface AptTarget {
  readonly uri: string;
  /** What the machine's sources call it: for example bookworm or noble-updates. */
  readonly release: string;
  readonly component: string;
}

/** The parts that the machine's own apt sources name, whether their lists were ever fetched or not. */
export async function configuredTargets(): Promise<AptTarget[]> {
  const listing = await runTool("apt-get", [
    "indextargets",
    // Without this only what has been fetched is shown, and a fresh image has fetched nothing.
    "--option=APT::Get::IndexTargets::ReleaseInfo=false",
    "--format=$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
    "Created-By: Packages",
  ]);
  return listing.split("\n").filter((line) => line !== "").map((line) => {
    const [uri, release, component] = line.split("|");
    return { uri, release, component };
  });
}

/** A package as the archive offers it. */
interface Offer {
  readonly file: string;
  readonly bytes: number;
}

/** An apt of our own in a folder: its configuration, sources, lists and downloads are all there. */
export class IsolatedApt {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#env = { APT_CONFIG: `${folder}/apt.conf` };
  }

  /** Makes one for a sources.list text in a folder that exists and is empty. */
  static async create(folder: string, sources: string): Promise<IsolatedApt> {
    for (const part of ["none", "state/lists/partial", "cache/archives/partial", "packages"]) {
      await Deno.mkdir(`${folder}/${part}`, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/sources.list`, sources);
    await Deno.writeTextFile(`${folder}/apt.conf`, await configuration(folder));
    return new IsolatedApt(folder);
  }

  /**
   * Fetches the lists of the sources, which apt accepts only with a valid signature.
   *
   * @throws {SetupError} a list cannot be fetched, or is not signed by the keyring of its source
   */
  async update(): Promise<void> {
    await runTool("apt-get", ["-q", "update"], { env: this.#env });
  }

  /** What the archive offers for the packages. */
  async offers(packages: readonly string[]): Promise<Offer[]> {
    // Each line: 'URI' FILE BYTES HASH
    const listing = await this.#download(["--print-uris", ...packages]);
    return [...listing.matchAll(/^'[^']*' (\S+) (\d+) /gm)].map(([, file, bytes]) => ({
      file,
      bytes: Number(bytes),
    }));
  }

  /** Downloads the packages, checked against the signed lists, and returns their paths. */
  async download(packages: readonly string[]): Promise<string[]> {
    const total = (await this.offers(packages)).reduce((sum, offer) => sum + offer.bytes, 0);
    using progress = new Progress("Downloading Wine");
    const folder = `${this.#folder}/packages`;
    const show = setInterval(() => progress.bytes(sizeOfFolder(folder), total), 250);
    try {
      await this.#download(packages);
      progress.bytes(total, total);
    } finally {
      clearInterval(show);
    }
    return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  }

  async #download(args: readonly string[]): Promise<string> {
    const cwd = `${this.#folder}/packages`;
    return await runTool("apt-get", ["-qq", "download", ...args], { env: this.#env, cwd });
  }
}

/** Our configuration: how the machine reaches the network, and nothing else of the machine's. */
async function configuration(folder: string): Promise<string> {
  const machine = await runTool("apt-config", ["dump"]);
  const network = machine.split("\n").filter((line) => line.startsWith("Acquire::"));
  return [
    ...network,
    // Read first of all, so these keep the machine's own files, with their hooks, from being read.
    `Dir::Etc::main "${folder}/none/apt.conf";`,
    `Dir::Etc::parts "${folder}/none";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    `Dir::Etc::sourceparts "${folder}/none";`,
    `Dir::Etc::preferences "${folder}/none/preferences";`,
    `Dir::Etc::preferencesparts "${folder}/none";`,
    `Dir::State "${folder}/state";`,
    `Dir::State::status "/dev/null";`,
    `Dir::Cache "${folder}/cache";`,
    // As root, apt would fetch as another user, who may not write here.
    `APT::Sandbox::User "";`,
    `APT::Architecture "amd64";`,
    `#clear APT::Architectures;`,
    `#clear Acquire::Languages;`,
    `Acquire::Languages "none";`,
    // A list that cannot be fetched is an error, and not the old one that there never was.
    `APT::Update::Error-Mode "any";`,
    // Whatever the machine's own settings allow: nothing that is not signed.
    `APT::Get::AllowUnauthenticated "false";`,
    `Acquire::AllowInsecureRepositories "false";`,
    `Acquire::AllowWeakRepositories "false";`,
    `Acquire::AllowDowngradeToInsecureRepositories "false";`,
    "",
  ].join("\n");
}

function sizeOfFolder(folder: string): number {
  let bytes = 0;
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    try {
      if (isFile) bytes += Deno.statSync(`${folder}/${name}`).size;
    } catch (error) {
      // Renamed by apt in the meantime.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return bytes;
}

/** Unpacks a package file below a folder, without what the patterns exclude. */
export async function unpackPackage(
  file: string,
  folder: string,
  exclude: readonly string[],
  onBytes: (bytes: number) => void,
): Promise<void> {
  const reader = startTool("dpkg-deb", ["--fsys-tarfile", file]);
  const writer = startTool("tar", [
    "--extract",
    `--directory=${folder}`,
    "--no-same-owner",
    ...exclude.map((pattern) => `--exclude=${pattern}`),
  ], { stdin: "piped" });
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes(chunk.length);
      controller.enqueue(chunk);
    },
  });
  // Through us and not from the one to the other: so neither goes on writing when we are killed.
  const [piped, ...ends] = await Promise.allSettled([
    reader.stdout.pipeThrough(count).pipeTo(writer.stdin),
    ...[reader, writer].map(async (child) => {
      const stderr = new Uint8Array(await new Response(child.stderr).arrayBuffer());
      return { success: (await child.status).success, stderr };
    }),
    writer.stdout.cancel(),
  ]);
  for (const [index, program] of ["dpkg-deb", "tar"].entries()) {
    const end = ends[index];
    if (end.status === "rejected") throw end.reason;
    if (end.value !== undefined && !end.value.success) throw toolFailure(program, end.value.stderr);
  }
  if (piped.status === "rejected") throw new SetupError(`Unpacking ${file}: ${piped.reason}`);
}
