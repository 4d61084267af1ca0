import { cstring, defineStruct, type StructOptions, u8, wstring } from "../../src/struct/mod.ts";
import { testOptionTables } from "../util/option_table.ts";

const text = {
  terminator: [true, 'terminator must be one of "required", "optional", not true'],
  overflow: [null, 'overflow must be one of "throw", "truncate", not null'],
} as const;

testOptionTables([
  {
    call: "defineStruct()",
    run: (options) => defineStruct({ a: u8 }, options as StructOptions),
    wrong: {
      pack: ["1", 'pack must be a number, not "1"'],
      size: [4n, "size must be a number of bytes, not 4n"],
    },
  },
  {
    call: "cstring()",
    run: (options) => cstring(4, options as { encoding: "latin1" }),
    wrong: { ...text, encoding: ["ascii", 'encoding must be one of "utf-8", "latin1"'] },
  },
  {
    call: "wstring()",
    run: (options) => wstring(4, options as { overflow: "throw" }),
    wrong: text,
  },
]);
