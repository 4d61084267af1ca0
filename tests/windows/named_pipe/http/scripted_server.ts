import { listenNamedPipe, type NamedPipeConn } from "../../../../src/named_pipe/mod.ts";
import { bytesOf, textOf } from "../../../util/bytes.ts";
import { uniqueName } from "../../../util/names.ts";

/** One request, as a scripted server has got it. */
export interface ScriptedRequest {
  /** The request line, the headers and the blank line. */
  readonly head: string;
  readonly conn: NamedPipeConn;
  /** Which connection it came on, and which request on that it is: both from 1. */
  readonly connection: number;
  readonly number: number;
  write(text: string): Promise<void>;
  /** All that comes up to `count` bytes. */
  read(count: number): Promise<string>;
}

/** A server that knows nothing of HTTP, and answers what it is told to. */
export interface ScriptedServer extends AsyncDisposable {
  readonly path: string;
  /** The heads of all requests. */
  readonly heads: readonly string[];
  readonly connections: number;
}

/** What fails because one side has closed the connection. */
const GONE = [Deno.errors.BrokenPipe, Deno.errors.Interrupted, Deno.errors.BadResource];

/**
 * Calls `answer` for each head of a request, one after the other on each connection. What it throws, disposing of the
 * server throws.
 */
export function scriptedServer(
  answer: (request: ScriptedRequest) => unknown,
): ScriptedServer {
  const listener = listenNamedPipe({ path: uniqueName("http") });
  const heads: string[] = [];
  const conns = new Set<NamedPipeConn>();
  const serving: Promise<void>[] = [];

  async function serve(conn: NamedPipeConn, connection: number): Promise<void> {
    let head = "";
    let number = 0;
    for await (const line of conn.lines()) {
      head += `${line}\r\n`;
      if (line !== "") continue;
      heads.push(head);
      await answer({
        head,
        conn,
        connection,
        number: ++number,
        write: async (text) => void await conn.write(bytesOf(text)),
        async read(count) {
          let text = "";
          while (text.length < count) {
            const buffer = new Uint8Array(count - text.length);
            const read = await conn.read(buffer);
            if (read === null) break;
            text += textOf(buffer.subarray(0, read));
          }
          return text;
        },
      });
      head = "";
    }
    conn.close();
  }

  const accepting = (async () => {
    for await (const conn of listener) {
      conns.add(conn);
      serving.push(
        serve(conn, conns.size).catch((error) => {
          conn.close();
          // What it cannot write to a client that has gone is nobody's concern.
          if (!GONE.some((kind) => error instanceof kind)) throw error;
        }),
      );
      serving.at(-1)?.catch(() => {});
    }
  })();

  return {
    path: listener.path,
    heads,
    get connections() {
      return conns.size;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const conn of conns) conn.close();
      await Promise.all(serving);
    },
  };
}
