import { assert, assertEquals, assertThrows } from "@std/assert";
import * as mailslot from "../../src/mailslot/path.ts";
import * as pipe from "../../src/named_pipe/path.ts";
import { DEVICE_NAMES, deviceName } from "../util/device_names.ts";
import { test } from "../util/test.ts";

const PARSERS = {
  pipe: [pipe.parsePipePath, pipe.parseLocalPipePath],
  mailslot: [mailslot.parseMailslotPath, mailslot.parseLocalMailslotPath],
} as const;

for (const device of ["pipe", "mailslot"] as const) {
  for (const row of DEVICE_NAMES.filter(({ only = device }) => only === device)) {
    const { path, means, rule = "" } = deviceName(row, device, "demo");
    const shown = JSON.stringify(path);
    if (means === undefined) {
      test(`Both ends of a ${device} refuse ${shown}: it ${rule}`, () => {
        for (const parse of PARSERS[device]) assertThrows(() => parse(path), TypeError, rule);
      });
    } else {
      test(`Both ends of a ${device} take ${shown} for ${JSON.stringify(means)}`, () => {
        for (const parse of PARSERS[device]) {
          const { full, server, name } = parse(path);
          assertEquals([server, name], [".", means]);
          assert([`\\\\.\\${device}\\${means}`, `\\\\?\\${device}\\${means}`].includes(full));
          assertEquals(parse(full), { full, server, name });
        }
      });
    }
  }
}

test("A path says in full what is served, with \\\\?\\ only where Win32 would rewrite it", () => {
  const full = (path: string) => pipe.parsePipePath(path).full;
  assertEquals(full("demo"), "\\\\.\\pipe\\demo");
  assertEquals(full("\\\\?\\pipe\\demo"), "\\\\.\\pipe\\demo");
  assertEquals(full("//./PIPE/Demo/x"), "\\\\.\\pipe\\Demo\\x");
  assertEquals(full("npipe:////server/pipe/demo"), "\\\\server\\pipe\\demo");
  assertEquals(full("\\\\?\\pipe\\demo."), "\\\\?\\pipe\\demo.");
  assertEquals(full("\\\\?\\UNC\\server\\pipe\\demo"), "\\\\server\\pipe\\demo");
  assertEquals(full("//./unc/server/pipe/demo"), "\\\\server\\pipe\\demo");
  assertEquals(full("\\\\?\\UNC\\server\\pipe\\a/b"), "\\\\?\\UNC\\server\\pipe\\a/b");
});

test("A path names a server that there can be", () => {
  for (const path of ["\\\\..\\pipe\\x", "\\\\?\\UNC\\.\\pipe\\x", "\\\\ \\pipe\\x", "///pipe/x"]) {
    assertThrows(() => pipe.parsePipePath(path), TypeError, "or is a bare name");
  }
});

test("The refusal of a bare name with a slash shows the full path to write", () => {
  assertThrows(() => pipe.parsePipePath("a/b"), TypeError, 'full, as "\\\\.\\pipe\\a\\b": "a/b"');
  assertThrows(
    () => pipe.parsePipePath("\\.\\pipe\\x"),
    TypeError,
    'as "\\\\.\\pipe\\name", in source text "\\\\\\\\.\\\\pipe\\\\name"',
  );
});

test("The refusal of what Win32 rewrites says how a name is taken as it is", () => {
  const hint = '("\\\\?\\mailslot\\name" takes any name as it is)';
  assertThrows(() => mailslot.parseMailslotPath("a."), TypeError, hint);
});
