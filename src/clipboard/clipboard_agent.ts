import type { Agent, AgentHost } from "../core/pump/protocol.ts";
import { ClipboardWindow } from "./clipboard_window.ts";
import { BEGIN, type WithdrawableRequest } from "./thread_protocol.ts";

const WINDOW_CLASS = "winipc-clipboard";

/** The half of the clipboard in the pump: a window, to which Windows gives the clipboard. */
export function createAgent(host: AgentHost): Agent {
  const window = host.createWindow({
    className: WINDOW_CLASS,
    procedure: (message, wParam) => clipboard.handle(message, wParam) ? 0n : undefined,
  });
  const clipboard = new ClipboardWindow(
    Deno.UnsafePointer.create(window) as Deno.PointerObject,
    host,
  );
  return {
    call(message) {
      const { request, begin } = message as WithdrawableRequest;
      const found = Atomics.compareExchange(begin, 0, BEGIN.waiting, BEGIN.begun);
      return found === BEGIN.waiting ? clipboard.serve(request) : { type: "withdrawn" };
    },
    close: () => host.destroyWindow(window),
  };
}
