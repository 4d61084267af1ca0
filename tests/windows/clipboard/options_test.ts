import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { clipboard, type ClipboardData } from "../../../src/clipboard/mod.ts";
import { testOptionTables } from "../../util/option_table.ts";
import { test } from "../../util/test.ts";

const signal = [5, "signal must be an AbortSignal, not 5"] as const;
const timeout = ["1", "timeout must be a number of milliseconds, not string"] as const;

testOptionTables([
  {
    call: "clipboard.readText()",
    run: (options) => clipboard.readText(options as never),
    wrong: { signal, timeout },
  },
  {
    call: "clipboard.writeText()",
    run: (options) => clipboard.writeText("a", options as never),
    wrong: {
      signal,
      timeout,
      secret: [1, "secret must be true or false, not 1"],
      renderTimeout: ["1", 'renderTimeout must be a number, not "1"'],
      onError: ["x", 'onError must be a function, not "x"'],
    },
  },
  {
    call: "clipboard.read()",
    run: (options) => clipboard.read(options as never),
    wrong: {
      signal,
      timeout,
      formats: ["text", 'formats must be an array of names, not "text"'],
      raw: ["PNG", 'raw must be an array of names, not "PNG"'],
      maxBytes: ["1", 'maxBytes must be a number, not "1"'],
    },
  },
  {
    call: "clipboard.clear()",
    run: (options) => clipboard.clear(options as never),
    wrong: { signal, timeout, onlyIf: [5, "onlyIf must be what a write"] },
  },
  {
    call: "clipboard.watch()",
    run: (options) => clipboard.watch(options as never),
    wrong: {
      signal,
      own: [1, "own must be true or false, not 1"],
      settle: ["1", 'settle must be a number, not "1"'],
    },
  },
  {
    call: "clipboard.write()",
    run: (data) => clipboard.write(data as never),
    valid: { text: "a" },
    required: true,
    wrong: {
      text: [5, "text must be a string, not 5"],
      html: [5, "html must be a string, or an object with a fragment, not 5"],
      rtf: [null, "rtf must be a string, not null"],
      csv: [5n, "csv must be a string, not 5n"],
      png: ["a", 'png must be a Uint8Array, not "a"'],
      pixels: [5, "pixels must be an object with width, height and data, not 5"],
      files: ["C:\\a", "files must be an array of paths, not"],
      dropEffect: ["cut", 'dropEffect must be one of "copy", "move", "link", not "cut"'],
      raw: [5, "raw must be an object, not 5"],
    },
  },
]);

const pixels = (width: unknown, height: unknown, data: unknown) =>
  ({ pixels: { width, height, data } }) as ClipboardData;
const files = (...paths: unknown[]) => ({ files: paths }) as ClipboardData;

const REFUSED: readonly [ClipboardData, string][] = [
  [{}, "must have something to write"],
  [{ raw: {} }, "must have something to write"],
  [{ text: "a\0" }, "text must not contain NUL (found at 1)"],
  [{ html: "\0" }, "html must not contain NUL"],
  [{ html: {} as never }, "The fragment of html must be a string, not undefined"],
  [{ html: { fragment: "a", sourceUrl: "x\r\ny" } }, "The sourceUrl of html must be a URL"],
  [{ html: { fragment: "a", sourceUrl: 5 as never } }, "The sourceUrl of html must be a string"],
  [{ png: new Uint8Array(9) }, "png must be a PNG"],
  [{ png: new Uint8Array(9), pixels: {} as never }, "either png or pixels"],
  [pixels("1", 1, new Uint8Array(4)), 'The width of pixels must be a number, not "1"'],
  [pixels(1, 1, [1, 2, 3, 4]), "The data of pixels must be a Uint8Array"],
  [files(), "files must have at least one path"],
  [files("a.txt"), 'files[0] must be a full path, not "a.txt"'],
  [files("C:\\a", "\\a"), 'files[1] must be a full path, not "\\a"'],
  [files("C:a"), "must be a full path"],
  [files(""), "must not be empty"],
  [files(5), "file in files[0] is given by its path"],
  [files("C:\\a\0b"), "files[0] must not contain NUL"],
  [{ text: "a", dropEffect: "copy" }, "give files"],
  [{ raw: { "": new Uint8Array(1) } }, "must not be empty"],
  [{ raw: { "a\0": new Uint8Array(1) } }, "must not contain NUL"],
  [{ raw: { ["x".repeat(256)]: new Uint8Array(1) } }, "at most 255 characters"],
  [{ raw: { "#513": new Uint8Array(1) } }, "must not begin with #"],
  [{ raw: { CF_BITMAP: new Uint8Array(1) } }, "whose data is memory"],
  [{ raw: { CF_NONE: new Uint8Array(1) } }, "must not begin with CF_"],
  [{ raw: { a: "text" as never } }, 'raw["a"] must be a Uint8Array, not "text"'],
  [{ raw: { a: undefined as never } }, 'raw["a"] must not be undefined'],
  [{ text: "a", raw: { CF_UNICODETEXT: new Uint8Array(1) } }, "are the same format"],
];

test("clipboard.write() names the value that is not valid, and leaves the clipboard as it is", async () => {
  await clipboard.writeText("before");
  for (const [data, message] of REFUSED) {
    await assertRejects(() => clipboard.write(data), TypeError, message);
  }
  for (
    const [data, message] of [
      [pixels(0, 1, new Uint8Array()), "The width of pixels must be an integer from 1"],
      [pixels(1, 1.5, new Uint8Array()), "The height of pixels must be an integer from 1"],
      [pixels(2, 2, new Uint8Array(15)), "must have 16 bytes for 2 x 2 pixels, and has 15"],
    ] as const
  ) {
    await assertRejects(() => clipboard.write(data), RangeError, message);
  }
  assertEquals(await clipboard.readText(), "before");
});

test("Numbers that are out of range are a RangeError", async () => {
  await assertRejects(() => clipboard.readText({ timeout: -1 }), RangeError, "timeout");
  await assertRejects(() => clipboard.read({ maxBytes: 0 }), RangeError, "maxBytes");
  await assertRejects(() => clipboard.writeText("a", { renderTimeout: -1 }), RangeError, "render");
  assertThrows(() => clipboard.watch({ settle: 1e9 }), RangeError, "settle");
});

test("clipboard.read() refuses kinds and names that do not exist", async () => {
  await assertRejects(
    () => clipboard.read({ formats: ["image" as never] }),
    TypeError,
    'formats must be one of "text"',
  );
  for (const [name, message] of [["CF_BITMAP", "is memory"], ["", "empty"], [5, "a string"]]) {
    await assertRejects(
      () => clipboard.read({ raw: [name as string] }),
      TypeError,
      message as string,
    );
  }
});
