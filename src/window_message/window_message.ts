import { defineInspect } from "../core/text/inspect.ts";
import { checkResult } from "./window_options.ts";

/** A message to a {@linkcode MessageWindow}. Its parameters are numbers, and never followed. */
export class WindowMessage {
  /** The number of the message. */
  readonly message: number;
  /** The first parameter, unsigned, of 64 bits. */
  readonly wParam: bigint;
  /** The second parameter, signed, of 64 bits. */
  readonly lParam: bigint;
  /** Whether the sender waits for an answer, or has waited; else the message was posted. */
  readonly isSent: boolean;
  readonly #reply: (result: bigint) => void;

  static {
    defineInspect(this, ({ message, wParam, lParam, isSent }) => {
      return { message, wParam, lParam, isSent };
    });
  }

  /** @internal */
  constructor(
    { message, wParam, lParam, isSent }: Omit<WindowMessage, "reply">,
    reply: (result: bigint) => void = () => {},
  ) {
    this.message = message;
    this.wParam = wParam;
    this.lParam = lParam;
    this.isSent = isSent;
    this.#reply = reply;
  }

  /**
   * Answers the sender now, while the handler goes on. It is for handlers; only the first answer
   * counts, and what the handler returns later does not.
   *
   * @param result The answer, 64 bits.
   * @throws {TypeError | RangeError} If it is no such number.
   *
   * @example
   * ```ts
   * import { MessageWindow } from "@winipc/winipc/window-message";
   *
   * await using receiver = await MessageWindow.create({
   *   class: "Builder",
   *   onMessage: async (message) => {
   *     message.reply(1n);
   *     await fetch(`https://example.com/build/${message.wParam}`);
   *   },
   * });
   * await receiver.closed();
   * ```
   */
  reply(result: bigint): void {
    checkResult("result", result);
    this.#reply(result);
  }
}
