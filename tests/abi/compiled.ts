import { peer, runPeer } from "../util/c_peer.ts";

/** What the compiler said about a program that is made from src/win32: tools/peers.ts keeps it. */
export async function compilerOutput(program: string): Promise<string> {
  return await Deno.readTextFile(`${peer(program)}`.replace(/exe$/, "txt"));
}

/** Runs a program that is made from src/win32, and returns the object it prints. */
export async function printedBy<T>(program: string): Promise<Record<string, T>> {
  const output = await compilerOutput(program);
  if (output !== "") throw new Error(`${program}.c does not compile:\n${output}`);
  const { code, text } = await runPeer(program);
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}:\n${text}`);
  return JSON.parse(text);
}
