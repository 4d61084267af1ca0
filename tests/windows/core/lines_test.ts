import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createPipe } from "../../../src/anonymous_pipe/mod.ts";
import { type LinesOptions, Win32Error } from "../../../src/named_pipe/mod.ts";
import { spawnWithHandles } from "../../../src/process/mod.ts";
import { bytesOf, textOf } from "../../util/bytes.ts";
import { turnOfEventLoop } from "../../util/event_loop.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";
import { connectedPair } from "../named_pipe/pair.ts";

/** Both ends of a stream whose lines are read. */
interface Ends extends Disposable {
  readonly reader: {
    lines(options?: LinesOptions): AsyncIterableIterator<string>;
    read(p: Uint8Array): Promise<number | null>;
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
    close(): void;
  };
  readonly writer: { write(p: Uint8Array): Promise<number>; close(): void };
}

async function namedEnds(mode: "byte" | "message"): Promise<Ends> {
  const pair = await connectedPair({ mode });
  return {
    reader: pair.server,
    writer: pair.client,
    [Symbol.dispose]: () => pair[Symbol.dispose](),
  };
}

const KINDS: Readonly<Record<string, () => Ends | Promise<Ends>>> = {
  "a named pipe": () => namedEnds("byte"),
  "a named pipe of messages": () => namedEnds("message"),
  "an anonymous pipe": () => createPipe(),
};

/** The lines of what is written in these pieces, one after the other. */
async function linesOfPieces(
  { reader, writer }: Ends,
  pieces: readonly Uint8Array[],
  options?: LinesOptions,
): Promise<string[]> {
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of reader.lines(options)) lines.push(line);
  })();
  for (const piece of pieces) {
    await writer.write(piece);
    await turnOfEventLoop();
  }
  writer.close();
  await reading;
  return lines;
}

for (const [kind, makeEnds] of Object.entries(KINDS)) {
  test(`lines() of ${kind} ends lines with LF or CR LF, and needs no end of the last`, async () => {
    for (
      const [text, expected] of [
        ["", []],
        ["\n", [""]],
        ["a", ["a"]],
        ["a\n", ["a"]],
        ["a\r\nb\nc", ["a", "b", "c"]],
        ["\n\r\n\n", ["", "", ""]],
        ["a\rb\r\r\nc\r", ["a\rb\r", "c\r"]],
      ] as const
    ) {
      for (const inOne of [true, false]) {
        using ends = await makeEnds();
        const bytes = bytesOf(text);
        const pieces = inOne ? [bytes] : Array.from(bytes, (byte) => Uint8Array.of(byte));
        assertEquals(await linesOfPieces(ends, pieces), [...expected], JSON.stringify(text));
      }
    }
  });

  test(`lines() of ${kind} puts together characters that come in parts`, async () => {
    using ends = await makeEnds();
    const text = "äöü € 漢字 🙂";
    const pieces = Array.from(bytesOf(`${text}\n${text}\r\n${text}`), (b) => Uint8Array.of(b));
    assertEquals(await linesOfPieces(ends, pieces), [text, text, text]);
  });

  test(`lines() of ${kind} gives lines that are longer than one read`, async () => {
    using ends = await makeEnds();
    const long = "x".repeat(1024 * 1024);
    const lines = [long, "", long.slice(0, 65_535), long.slice(0, 65_536), "end"];
    assertEquals(await linesOfPieces(ends, [bytesOf(lines.join("\r\n"))]), lines);
  });

  test(`lines() of ${kind} leaves out a byte order mark at the start only`, async () => {
    using ends = await makeEnds();
    assertEquals(await linesOfPieces(ends, [bytesOf("\ufeffa\n\ufeffb\n")]), ["a", "\ufeffb"]);
  });

  test(`lines() of ${kind} decodes as it is told, and replaces what is not valid`, async () => {
    using latin = await makeEnds();
    const options = { encoding: "windows-1252" };
    assertEquals(await linesOfPieces(latin, [Uint8Array.of(0xe4, 0x80, 10)], options), ["ä€"]);
    using utf8 = await makeEnds();
    assertEquals(await linesOfPieces(utf8, [Uint8Array.of(0xe4, 10, 97)]), ["\ufffd", "a"]);
  });

  test(`lines() of ${kind} loses nothing when the loop is left`, async () => {
    using ends = await makeEnds();
    const { reader, writer } = ends;
    await writer.write(bytesOf("one\ntwo\nthree\nfour\nrest"));
    for await (const line of reader.lines()) {
      assertEquals(line, "one");
      break;
    }
    // An iterator that is only put away has taken no more than one that was ended.
    assertEquals((await reader.lines().next()).value, "two");
    const start = new Uint8Array(3);
    assertEquals(await reader.read(start), 3);
    assertEquals(textOf(start), "thr");
    assertEquals((await reader.lines().next()).value, "ee");
    const text = new Response(reader.readable).text();
    await writer.write(bytesOf(" and more"));
    writer.close();
    assertEquals(await text, "four\nrest and more");
  });

  test(`lines() of ${kind} refuses a line that is too long, and keeps it`, async () => {
    for (const end of ["", "\n", "\r\n"]) {
      using ends = await makeEnds();
      const { reader, writer } = ends;
      await writer.write(bytesOf(`12345\r\n123456${end}`));
      const lines = reader.lines({ maxLineLength: 5 });
      assertEquals((await lines.next()).value, "12345");
      const error = await assertRejects(() => lines.next(), Deno.errors.InvalidData);
      assert(error.message.includes("longer than maxLineLength, which is 5 bytes"), error.message);
      assert(error.cause instanceof Win32Error && error.cause.symbol === "ERROR_MORE_DATA");
      writer.close();
      assertEquals(await new Response(reader.readable).text(), `123456${end}`);
    }
  });

  test(`lines() of ${kind} takes a line of maxLineLength whose CR has come without LF`, async () => {
    using ends = await makeEnds();
    const pieces = [bytesOf("12345\r"), bytesOf("\n12345")];
    assertEquals(await linesOfPieces(ends, pieces, { maxLineLength: 5 }), ["12345", "12345"]);
  });

  test(`lines() of ${kind} refuses lines of more than 1 MiB by default`, async () => {
    using ends = await makeEnds();
    const writing = ends.writer.write(bytesOf("x".repeat(1024 * 1024 + 1)));
    await assertRejects(() => ends.reader.lines().next(), Deno.errors.InvalidData, "1048576");
    await writing;
  });

  test(`lines() of ${kind} keeps the start of a line for which time or patience ended`, async () => {
    using ends = await makeEnds();
    const { reader, writer } = ends;
    await writer.write(bytesOf("sta"));
    await assertRejects(() => reader.lines({ timeout: 10 }).next(), Deno.errors.TimedOut);
    const abort = new AbortController();
    const line = reader.lines({ signal: abort.signal }).next();
    await writer.write(bytesOf("r"));
    await turnOfEventLoop();
    abort.abort(new Error("enough"));
    await assertRejects(() => line, Error, "enough");
    assertThrows(() => reader.lines({ signal: abort.signal }), Error, "enough");
    await writer.write(bytesOf("t\n"));
    assertEquals((await reader.lines().next()).value, "start");
  });

  test(`lines() of ${kind} has its timeout for each line`, async () => {
    using ends = await makeEnds();
    const lines = ends.reader.lines({ timeout: 60_000 });
    for (const text of ["one", "two"]) {
      await ends.writer.write(bytesOf(`${text}\n`));
      assertEquals((await lines.next()).value, text);
    }
  });

  test(`lines() of ${kind} ends when its own end is closed, and fails if it was closed`, async () => {
    using ends = await makeEnds();
    const { reader, writer } = ends;
    await writer.write(bytesOf("one\ntwo"));
    const lines: string[] = [];
    for await (const line of reader.lines()) {
      lines.push(line);
      setTimeout(() => reader.close());
    }
    assertEquals(lines, ["one"]);
    assertThrows(() => reader.lines(), Deno.errors.BadResource);
  });

  test(`Two readers of the lines of ${kind} never share a line`, async () => {
    using ends = await makeEnds();
    const { reader, writer } = ends;
    const all = [reader.lines(), reader.lines()].map((lines) => Array.fromAsync(lines));
    const sent = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    for (const byte of bytesOf(sent.join("\n"))) await writer.write(Uint8Array.of(byte));
    writer.close();
    assertEquals((await Promise.all(all)).flat().sort(), sent.sort());
  });
}

test("readMessage() goes on in the message in which lines() has stopped", async () => {
  using pair = await connectedPair({ mode: "message" });
  await pair.client.writeMessage(bytesOf("one\ntwo"));
  await pair.client.writeMessage(bytesOf("three\nfour"));
  assertEquals((await pair.server.lines().next()).value, "one");
  assertEquals(pair.server.peek(), { available: 13, messageSize: 3 });
  assertEquals(await pair.server.readMessage(), bytesOf("two"));
  assertEquals((await pair.server.lines().next()).value, "three");
  const lines = pair.server.lines();
  await pair.client.writeMessage(bytesOf(" five\n"));
  assertEquals((await lines.next()).value, "four five");
});

test("lines() ends at a closeWrite() of the peer", async () => {
  using pair = await connectedPair({ mode: "message", halfClose: true });
  await pair.client.write(bytesOf("one\ntwo"));
  await pair.client.closeWrite();
  assertEquals(await Array.fromAsync(pair.server.lines()), ["one", "two"]);
});

test("lines() is refused by the end of a named pipe that only writes", async () => {
  using pair = await connectedPair({ direction: "inbound" });
  await assertRejects(() => pair.client.lines().next(), Deno.errors.NotSupported, "only writes");
});

test("The lines of a child are those of its output and of its errors", async () => {
  await using child = spawnWithHandles(Deno.execPath(), {
    args: ["eval", 'console.log("a\\nb"); console.error("c\\r\\nd");'],
    stdout: "piped",
    stderr: "piped",
  });
  assertEquals(await Array.fromAsync(child.stdoutLines()), ["a", "b"]);
  assertEquals(await Array.fromAsync(child.stderrLines()), ["c", "d"]);
  await using silent = spawnWithHandles(Deno.execPath(), { args: ["eval", ""] });
  assertThrows(() => silent.stdoutLines(), TypeError, 'stdout of the process is not "piped"');
});

testOptionTables([{
  call: "AnonymousPipeReader.lines()",
  run: (options) => {
    using pipe = createPipe();
    return pipe.reader.lines(options as LinesOptions);
  },
  wrong: {
    signal: [5, "signal must be an AbortSignal"],
    timeout: ["x", "timeout must be a number"],
    maxLineLength: ["x", "maxLineLength must be a number"],
    encoding: [5, "encoding must be a string"],
  },
}]);

test("lines() refuses encodings whose line ends are not bytes, and those that do not exist", () => {
  using pipe = createPipe();
  for (const encoding of ["utf-16", "utf-16le", "utf-16be"]) {
    assertThrows(() => pipe.reader.lines({ encoding }), TypeError, "a line ends with the byte 10");
  }
  assertThrows(() => pipe.reader.lines({ encoding: "klingon" }), RangeError);
  for (const maxLineLength of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => pipe.reader.lines({ maxLineLength }), RangeError, "maxLineLength");
  }
});
