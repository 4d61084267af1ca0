import { peer, runPeer, startPeer } from "./c_peer.ts";
import type { DenoProcess } from "./deno_process.ts";

const PROGRAM = "tests/interop/clipboard_peer";

/** For tests that need the C program. */
export const withPeer = { ignore: peer(PROGRAM) === null };

/** The numbers of standard formats. */
export const FORMAT = { text: "13", dib: "8", files: "15", dibV5: "17" } as const;

async function run(...args: string[]): Promise<string> {
  const { code, text } = await runPeer(PROGRAM, args);
  if (code !== 0) throw new Error(`clipboard_peer ${args[0]} ended with ${code}: ${text}`);
  return text.replaceAll("\r", "").trim();
}

/** Starts the program, to be talked to line by line. Always take it with `await using`. */
export function startClipboardPeer(...args: unknown[]): DenoProcess {
  return startPeer(PROGRAM, args);
}

/** What a C program reads of a format; `null` if it is absent. */
export async function peerRead(format: string): Promise<Uint8Array | null> {
  const text = await run("read", format);
  return text === "absent" ? null : Uint8Array.fromHex(text);
}

/** The names of the formats that a C program finds; numbers of those without one. */
export async function peerFormats(): Promise<string[]> {
  return (await run("formats")).split("\n").filter((line) => line !== "");
}

/** Has a C program write formats, in place of all that was there. */
export async function peerWrite(formats: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await run("write", ...Object.entries(formats).flatMap(([name, bytes]) => [name, bytes.toHex()]));
}

/** Has a C program add a format to what is there. */
export async function peerAdd(format: string, bytes: Uint8Array): Promise<void> {
  await run("add", format, bytes.toHex());
}

/** Text as CF_UNICODETEXT. */
export function utf16(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(text, (_, index) => text.charCodeAt(index)).buffer);
}
