import { assertEquals } from "@std/assert";
import { Readable } from "node:stream";
import { Pool } from "undici";
import { connectNamedPipe } from "../../src/named_pipe/mod.ts";
import { toDuplex } from "../../src/named_pipe/node_stream.ts";
import { pattern } from "../util/bytes.ts";
import { test } from "../util/test.ts";
import { handler, servePipe } from "./named_pipe_http_util.ts";

test("undici requests over pipes, with bodies in chunks both ways", async () => {
  await using server = servePipe(handler, true);
  const pool = new Pool("http://pipe", {
    connections: 2,
    connect(_options, done) {
      connectNamedPipe({ path: server.path }).then(
        // undici asks for the type of a socket, and takes what has its methods.
        (conn) => done(null, toDuplex(conn) as unknown as Parameters<typeof done>[1] & object),
        (error) => done(error, null),
      );
    },
  });
  const texts = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const { body } = await pool.request({ method: "GET", path: `/${i}` });
    return await body.text();
  }));
  assertEquals(texts, Array.from({ length: 20 }, (_, i) => `GET /${i}`));
  const sent = pattern(300_000);
  const { body } = await pool.request({ method: "POST", path: "/", body: Readable.from([sent]) });
  assertEquals(new Uint8Array(await body.arrayBuffer()), sent);
  assertEquals(server.connections, 2);
  await pool.close();
  // It looks at its timeouts once a second, by a timer that ends a second after the last of them.
}, { sanitizeOps: false });
