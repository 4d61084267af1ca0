import { type DenoProcess, runDeno } from "../../util/deno_process.ts";

/** A second process that runs `peer.ts`. */
export interface Peer extends AsyncDisposable {
  readonly process: DenoProcess;
  /** Has the process do something; resolves with its answer when that is done. */
  ask(command: string, argument?: string | number | bigint): Promise<string | null>;
  /** The same without waiting for the answer, which the next `readLine()` of the process gives. */
  tell(command: string): Promise<void>;
}

export async function startPeer(): Promise<Peer> {
  const process = runDeno(new URL("./peer.ts", import.meta.url));
  await process.waitForLine("ready");
  return {
    process,
    async ask(command, argument = "") {
      await process.writeLine(`${command} ${argument}`);
      return await process.readLine();
    },
    async tell(command) {
      await process.writeLine(`${command} `);
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
