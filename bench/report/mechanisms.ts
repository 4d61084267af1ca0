/** What a mechanism is good for, whatever its speed. */
export interface Properties {
  /** As in {@linkcode SweepMechanism}. */
  readonly id: string;
  readonly name: string;
  /** What to import, and from where. */
  readonly api: string;
  readonly direction: string;
  readonly peers: string;
  readonly messages: string;
  readonly users: string;
  readonly computers: string;
}

/** The mechanisms of winipc. */
export const MECHANISMS: readonly Properties[] = [
  {
    id: "ring",
    name: "Ring in shared memory",
    api: "RingWriter, RingReader, RingDuplex from @winipc/winipc/shared-memory",
    direction: "one way; RingDuplex has two",
    peers: "one writer, one reader",
    messages: "kept whole, up to half the capacity",
    users: "by its security; who may write can also spoil it",
    computers: "no",
  },
  {
    id: "shared-queue",
    name: "SharedQueue",
    api: "SharedQueue from @winipc/winipc/shared-memory",
    direction: "one way",
    peers: "many writers, many readers; each message to one",
    messages: "kept whole, up to the capacity",
    users: "by its security; who may write can also spoil it",
    computers: "no",
  },
  {
    id: "named-pipe-blocking",
    name: "Named pipe, blocking",
    api: "NamedPipeThreadServer, connectNamedPipeSync from @winipc/winipc/named-pipe",
    direction: "both ways",
    peers: "one server, many clients, a thread for each",
    messages: "bytes, or messages kept whole",
    users: "yes, and the server knows who the client is",
    computers: "with allowRemote",
  },
  {
    id: "named-pipe",
    name: "Named pipe, async",
    api: "listenNamedPipe, connectNamedPipe from @winipc/winipc/named-pipe",
    direction: "both ways",
    peers: "one server, many clients, one thread for all",
    messages: "bytes, or messages kept whole",
    users: "yes, and the server knows who the client is",
    computers: "with allowRemote",
  },
  {
    id: "anonymous-pipe",
    name: "Anonymous pipe",
    api: "createPipe, spawnWithHandles from @winipc/winipc/anonymous-pipe",
    direction: "one way",
    peers: "a program and those it starts",
    messages: "bytes",
    users: "no name, so nobody else can open it",
    computers: "no",
  },
  {
    id: "mailslot",
    name: "Mailslot",
    api: "createMailslot, openMailslot from @winipc/winipc/mailslot",
    direction: "one way, unacknowledged",
    peers: "many writers, one reader",
    messages: "kept whole",
    users: "by its security",
    computers: "yes, up to 424 bytes, which may get lost",
  },
];
