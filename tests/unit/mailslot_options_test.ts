import { createMailslot, openMailslot, openMailslotSync } from "../../src/mailslot/mod.ts";
import { testOptionTables } from "../util/option_table.ts";

interface Named {
  readonly name: string;
}

const writer = {
  name: [5, "The name of a mailslot must be a string"],
  computer: [5, 'computer is ".", "*" or the name of'],
  maxMessageSize: ["5", "maxMessageSize must be a number"],
  wait: [1, "wait must be true or false"],
  timeout: ["5", "timeout must be a number"],
} as const;

testOptionTables([
  {
    call: "createMailslot()",
    run: (options) => createMailslot(options as Named),
    valid: { name: "any" },
    required: true,
    wrong: {
      name: [null, "The name of a mailslot must be a string"],
      maxMessageSize: ["5", "maxMessageSize must be a number"],
      readTimeout: ["5", "readTimeout must be a number"],
      security: [5, "security must be"],
      blocking: [1, "blocking must be true or false"],
      inheritable: ["yes", "inheritable must be true or false"],
      signal: [5, "signal must be an AbortSignal"],
    },
  },
  {
    call: "openMailslot()",
    run: (options) => openMailslot(options as Named),
    valid: { name: "any" },
    required: true,
    wrong: { ...writer, signal: [5, "signal must be an AbortSignal"] },
  },
  {
    call: "openMailslotSync()",
    run: (options) => openMailslotSync(options as Named),
    valid: { name: "any" },
    required: true,
    wrong: writer,
  },
  {
    call: "openMailslot()",
    run: (options) => openMailslot(options as Named),
    // A full path, which has its own computer.
    valid: { name: "\\\\.\\mailslot\\any" },
    wrong: {
      ...writer,
      computer: [null, 'computer is ".", "*" or the name of'],
      signal: ["", "signal"],
    },
  },
]);
