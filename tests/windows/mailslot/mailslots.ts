import {
  createMailslot,
  type CreateMailslotOptions,
  type Mailslot,
  type MailslotWriter,
  openMailslotSync,
  type OpenMailslotSyncOptions,
} from "../../../src/mailslot/mod.ts";
import { uniqueName } from "../../util/names.ts";

/** A mailslot and a writer to it. */
export interface MailslotPair extends Disposable {
  readonly mailslot: Mailslot;
  readonly writer: MailslotWriter;
}

/** Makes a mailslot with a name of its own, and a writer to it. */
export function mailslotPair(
  { name = uniqueName("mailslot"), ...options }: Partial<CreateMailslotOptions> = {},
  writerOptions: Partial<OpenMailslotSyncOptions> = {},
): MailslotPair {
  const mailslot = createMailslot({ name, ...options });
  const writer = openMailslotSync({ name, ...writerOptions });
  return {
    mailslot,
    writer,
    [Symbol.dispose]() {
      writer.close();
      mailslot.close();
    },
  };
}
