import { assertEquals } from "@std/assert";
import { pendingOperations } from "../../../src/core/io/async_io.ts";
import {
  createMailslot,
  type CreateMailslotOptions,
  type Mailslot,
  type MailslotWriter,
  openMailslot,
  type OpenMailslotOptions,
} from "../../../src/mailslot/mod.ts";
import { uniqueName } from "../../util/names.ts";

// The completion port makes its callback at its first use and keeps it: in a test that would count as the test's leak.
if (Deno.build.os === "windows") {
  using pair = mailslotPair();
  const receiving = pair.mailslot.receive();
  pair.writer.sendSync(new Uint8Array(1));
  await receiving;
}

/** A mailslot and a writer to it. */
export interface MailslotPair extends Disposable {
  readonly mailslot: Mailslot;
  readonly writer: MailslotWriter;
}

/** Makes a mailslot with a name of its own, and a writer to it. */
export function mailslotPair(
  { name = uniqueName("mailslot"), ...options }: Partial<CreateMailslotOptions> = {},
  writerOptions: Partial<OpenMailslotOptions> = {},
): MailslotPair {
  const mailslot = createMailslot({ name, ...options });
  const writer = openMailslot({ name, ...writerOptions });
  return {
    mailslot,
    writer,
    [Symbol.dispose]() {
      writer.close();
      mailslot.close();
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Bytes in which any loss or exchange shows. */
export function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Math.imul(i + length, 2654435761) >>> 24;
  return bytes;
}

/** Gives the event loop a turn, in which completions that have been queued are seen. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Fails if the kernel still works on an operation though all that was opened has been closed. */
export async function assertNothingPending(): Promise<void> {
  // Closing cancels; the completions come by the event loop.
  for (let turn = 0; turn < 100 && pendingOperations() > 0; turn++) await turnOfEventLoop();
  assertEquals(pendingOperations(), 0);
}
