import { peer, type PeerOutput, runPeer, startPeer as start } from "../util/c_peer.ts";
import type { DenoProcess } from "../util/deno_process.ts";

const PROGRAM = "tests/interop/shared_queue_peer";

/** Whether the C program is there; tests that need it are skipped otherwise. */
export const hasPeer = peer(PROGRAM) !== null;

/** A queue as the C program takes it. */
export interface PeerQueue {
  readonly name: string;
  readonly capacity: number;
}

/** Starts the C program, to be talked to line by line. Always take it with `await using`. */
export function startPeer({ name, capacity }: PeerQueue, ...args: readonly unknown[]): DenoProcess {
  return start(PROGRAM, [name, capacity, ...args]);
}

/** Runs the C program to its end. */
export async function askPeer(
  { name, capacity }: PeerQueue,
  ...args: readonly unknown[]
): Promise<PeerOutput & { readonly lines: readonly string[] }> {
  const output = await runPeer(PROGRAM, [name, String(capacity), ...args.map(String)]);
  return { ...output, lines: output.text.trim().split(/\r?\n/) };
}

export function hex(message: Uint8Array): string {
  return message.length === 0 ? "-" : message.toHex();
}
