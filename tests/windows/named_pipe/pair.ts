import {
  connectNamedPipe,
  type ConnectNamedPipeOptions,
  listenNamedPipe,
  type ListenNamedPipeOptions,
  type NamedPipeConn,
  type NamedPipeDirection,
  type NamedPipeListener,
} from "../../../src/named_pipe/mod.ts";
import { uniqueName } from "../../util/names.ts";

/** Both ends of a new pipe, in this process. */
export interface Pair extends Disposable {
  readonly listener: NamedPipeListener;
  readonly server: NamedPipeConn;
  readonly client: NamedPipeConn;
}

/** What both ends have in common, and what only one of them has. */
export interface PairOptions extends Omit<ListenNamedPipeOptions, "path"> {
  readonly client?: Omit<ConnectNamedPipeOptions, "path">;
}

const OPPOSITE: Readonly<Record<NamedPipeDirection, NamedPipeDirection>> = {
  duplex: "duplex",
  inbound: "outbound",
  outbound: "inbound",
};

/** Connects a client to a server; it has the same mode and the matching direction, unless told otherwise. */
export async function connectedPair({ client: own, ...options }: PairOptions = {}): Promise<Pair> {
  const path = uniqueName("pipe");
  const listener = listenNamedPipe({ path, ...options });
  const client = await connectNamedPipe({
    path,
    mode: options.mode,
    direction: OPPOSITE[options.direction ?? "duplex"],
    halfClose: options.halfClose,
    ...own,
  });
  const server = await listener.accept();
  return {
    listener,
    server,
    client,
    [Symbol.dispose]() {
      client.close();
      server.close();
      listener.close();
    },
  };
}
