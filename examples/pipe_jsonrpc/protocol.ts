// What server and client agree on, and the connection of the library over a pipe.

import type { NamedPipeConn } from "@winipc/winipc/named-pipe";
import { toDuplex } from "@winipc/winipc/named-pipe/node";
import {
  createMessageConnection,
  type MessageConnection,
  NotificationType,
  RequestType,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

/** The numbers up to a limit that are prime. */
export const Primes = new RequestType<{ limit: number }, number[], void>("primes");
/** How far the server has come: a number from 0 to 1. */
export const Progress = new NotificationType<number>("progress");

/** The library knows nothing of pipes: it gets a stream of Node, as it would over a socket. */
export function jsonRpc(conn: NamedPipeConn): MessageConnection {
  const stream = toDuplex(conn);
  return createMessageConnection(new StreamMessageReader(stream), new StreamMessageWriter(stream));
}
