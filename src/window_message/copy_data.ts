import { defineInspect } from "../core/text/inspect.ts";
import { checkBytes } from "../core/memory/bytes.ts";
import { checkChoice, checkOptions, type OptionNames } from "../core/options/check_options.ts";
import { decodeWide, encodeWide } from "../core/text/wide_string.ts";
import type { StructFields, StructInit, StructType, StructValue } from "../struct/mod.ts";
import { COPYDATASTRUCT } from "../win32/structs.ts";
import { windowPointer } from "./checks.ts";
import type { NativePayload } from "./timed_send.ts";
import { describeProcess, type IntegrityLevel, type WindowProcess } from "./window_process.ts";

/** How a text is written: UTF-16 is what a C program has in `wchar_t`. */
export type CopyDataEncoding = "utf-16" | "utf-8";

/** The most bytes that are sent at once. */
export const MOST_COPY_DATA = 512 * 1024;

/**
 * What {@linkcode sendCopyData} sends: `bytes`, `text`, or `struct` with its `value`; without all
 * of them no data, and the tag alone.
 */
export interface CopyDataContent<Fields extends StructFields = StructFields> {
  /**
   * A number of 64 bits that tells the receiver what the data are (`dwData`).
   *
   * @default {0n}
   */
  readonly tag?: bigint;
  /** The data as they are. */
  readonly bytes?: Uint8Array;
  /** A text; a NUL is put at its end. */
  readonly text?: string;
  /**
   * How the text is written.
   *
   * @default {"utf-16"}
   */
  readonly encoding?: CopyDataEncoding;
  /** The type of the struct that is sent. */
  readonly struct?: StructType<Fields>;
  /** The value of the struct. */
  readonly value?: StructInit<StructType<Fields>>;
  /** The window that the receiver is told as the sender, such as a {@linkcode MessageWindow}. */
  readonly sender?: { readonly hwnd: bigint };
}

const CONTENT: OptionNames<CopyDataContent> = {
  tag: true,
  bytes: true,
  text: true,
  encoding: true,
  struct: true,
  value: true,
  sender: true,
};

/** Checks what is to be sent, and says how it lies in memory. */
export function copyDataPayload<Fields extends StructFields>(
  content: CopyDataContent<Fields>,
): { readonly sender: bigint; readonly payload: NativePayload } {
  checkOptions(content, CONTENT as OptionNames<CopyDataContent<Fields>>, "sendCopyData()");
  const { tag = 0n, sender } = content;
  if (typeof tag !== "bigint") {
    throw new TypeError(`tag must be a bigint, not ${Deno.inspect(tag)}`);
  }
  if (tag < 0n || tag >= 1n << 64n) throw new RangeError(`tag must have 64 bits: ${tag} has not`);
  if (sender !== undefined) windowPointer(sender?.hwnd);
  const bytes = contentBytes(content);
  if (bytes.length > MOST_COPY_DATA) {
    throw new RangeError(
      `WM_COPYDATA takes up to ${MOST_COPY_DATA} bytes here, and these are ${bytes.length}: ` +
        "use a named pipe or shared memory for more",
    );
  }
  return { sender: sender?.hwnd ?? 0n, payload: payloadOf(tag, bytes) };
}

function contentBytes<Fields extends StructFields>(content: CopyDataContent<Fields>): Uint8Array {
  const { bytes, text, encoding = "utf-16", struct, value } = content;
  checkChoice("encoding", encoding, ["utf-16", "utf-8"]);
  const given = [bytes, text, struct].filter((kind) => kind !== undefined).length;
  if (given > 1) throw new TypeError("Only one of bytes, text and struct can be sent");
  if ((struct === undefined) !== (value === undefined)) {
    throw new TypeError("struct and value belong together");
  }
  if (bytes !== undefined) return checkBytes(bytes, "bytes");
  if (struct !== undefined && value !== undefined) {
    const memory = new Uint8Array(struct.size);
    struct.write(memory, value);
    return memory;
  }
  if (text === undefined) return new Uint8Array();
  if (typeof text !== "string") {
    throw new TypeError(`text must be a string, not ${Deno.inspect(text)}`);
  }
  const wide = encodeWide(text); // refuses a NUL, for both encodings
  return encoding === "utf-16" ? wide : new TextEncoder().encode(`${text}\0`);
}

/** A COPYDATASTRUCT, and the bytes behind it. Without bytes there is no pointer. */
function payloadOf(tag: bigint, bytes: Uint8Array): NativePayload {
  const { fields, size } = COPYDATASTRUCT;
  return {
    size: size + bytes.length,
    fill(memory, address) {
      const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
      view.setBigUint64(fields.dwData.offset, tag, true);
      view.setUint32(fields.cbData.offset, bytes.length, true);
      const data = bytes.length === 0 ? 0n : address + BigInt(size);
      view.setBigUint64(fields.lpData.offset, data, true);
      memory.set(bytes, size);
    },
  };
}

/**
 * Who a message says that it comes from. It is a claim: any program can name any window. Do not
 * decide by it what a sender may do.
 */
export class ClaimedSender {
  /** The window that is named. */
  readonly hwnd: bigint;
  /** The process that the window belonged to when the message came. */
  readonly processId: number;
  #process: WindowProcess | undefined;

  static {
    defineInspect(this, ({ hwnd, processId }) => ({ hwnd, processId }));
  }

  /** @internal */
  constructor(hwnd: bigint, processId: number) {
    this.hwnd = hwnd;
    this.processId = processId;
  }

  /** The file that the process runs, if Windows tells; looked up at the first use. */
  get path(): string | undefined {
    return (this.#process ??= describeProcess(this.processId)).path;
  }

  /** How much Windows trusts the process, if it tells; looked up at the first use. */
  get integrity(): IntegrityLevel | undefined {
    return (this.#process ??= describeProcess(this.processId)).integrity;
  }
}

/** Data that have come by WM_COPYDATA. */
export class CopyData {
  /** The number that the sender gives: what the data are (`dwData`). */
  readonly tag: bigint;
  /** A copy of the data. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Who the data claim to come from, if they name a window that there is. */
  readonly claimedSender: ClaimedSender | undefined;
  readonly #reply: (result: bigint) => void;

  static {
    defineInspect(this, ({ tag, bytes, claimedSender }) => ({ tag, bytes, claimedSender }));
  }

  /** @internal */
  constructor(
    tag: bigint,
    bytes: Uint8Array<ArrayBuffer>,
    claimedSender: ClaimedSender | undefined,
    reply: (result: bigint) => void = () => {},
  ) {
    this.tag = tag;
    this.bytes = bytes;
    this.claimedSender = claimedSender;
    this.#reply = reply;
  }

  /**
   * The data as a text, up to the first NUL.
   *
   * @param encoding How it is written; UTF-16 unless told.
   * @throws {TypeError} If there is no such encoding.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({ class: "Log" });
   * for await (const data of receiver.copyData()) console.log(data.text("utf-8"));
   * ```
   */
  text(encoding: CopyDataEncoding = "utf-16"): string {
    checkChoice("encoding", encoding, ["utf-16", "utf-8"]);
    const { bytes } = this;
    // An odd last byte is no character.
    if (encoding === "utf-16") return decodeWide(bytes.subarray(0, bytes.length & ~1), UNTIL_NUL);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /**
   * The data as a struct.
   *
   * @param type The struct; the data may be longer.
   * @throws {RangeError} If the data are shorter.
   *
   * @example
   * ```ts
   * import { defineStruct, f64, u32 } from "@winipc/winipc/struct";
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * const Order = defineStruct({ id: u32, price: f64 });
   * await using receiver = await MessageWindow.create({ class: "Orders" });
   * for await (const data of receiver.copyData()) console.log(data.struct(Order).price);
   * ```
   */
  struct<Fields extends StructFields>(
    type: StructType<Fields>,
  ): StructValue<StructType<Fields>> {
    return type.read(this.bytes) as StructValue<StructType<Fields>>;
  }

  /**
   * Answers the sender now, while the handler goes on. It is for handlers; only the first answer
   * counts, and what the handler returns later does not.
   *
   * @param result The answer, 64 bits.
   * @throws {TypeError} If it is not a bigint.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({
   *   class: "Log",
   *   onCopyData: async (data) => {
   *     data.reply(1n);
   *     await Deno.writeTextFile("log.txt", `${data.text()}\n`, { append: true });
   *   },
   * });
   * await receiver.closed();
   * ```
   */
  reply(result: bigint): void {
    if (typeof result !== "bigint") {
      throw new TypeError(`result must be a bigint, not ${Deno.inspect(result)}`);
    }
    this.#reply(result);
  }
}

const UNTIL_NUL = { untilNul: true };
