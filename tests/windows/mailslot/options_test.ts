import { testOptionTables } from "../../util/option_table.ts";
import { type MailslotPair, mailslotPair } from "./mailslots.ts";

const timeout = ["5", "timeout must be a number"] as const;
const signal = [5, "signal must be an AbortSignal"] as const;

function onPair(run: (pair: MailslotPair, options: object) => unknown) {
  return async (options: unknown) => {
    using pair = mailslotPair();
    return await run(pair, options as object);
  };
}

testOptionTables([
  {
    call: "Mailslot.receive()",
    run: onPair(({ mailslot }, options) => mailslot.receive(options)),
    wrong: { timeout, signal },
  },
  {
    call: "Mailslot.receiveSync()",
    run: onPair(({ mailslot }, options) => mailslot.receiveSync(options)),
    wrong: { timeout },
  },
  {
    call: "Mailslot.messages()",
    run: onPair(({ mailslot }, options) => mailslot.messages(options).next()),
    wrong: { timeout, signal },
  },
  {
    call: "MailslotWriter.send()",
    run: onPair(({ writer }, options) => writer.send(new Uint8Array(1), options)),
    wrong: { timeout, signal },
  },
]);
