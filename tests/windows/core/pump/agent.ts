// The half of the tests' clients in the pump.

import type { Agent, AgentHost } from "../../../../src/core/pump/protocol.ts";

/** Messages of the window: WM_USER and the following ones. */
export const ADD_ONE = 0x400;
export const ASK = 0x401;
export const EMIT = 0x402;
export const THROW = 0x403;
export const ASK_BYTES = 0x404;
/** What the window answers if there is no answer. */
export const DEFAULT = -7n;

/** How long the window waits for an answer to `ASK`, in milliseconds: as `lParam` says, or 60 s. */
function deadline(lParam: bigint): number {
  return lParam === 0n ? 60_000 : Number(lParam);
}

export function createAgent(host: AgentHost): Agent {
  const windows: bigint[] = [];
  const createWindow = (className: string) => {
    const window = host.createWindow({
      className,
      procedure(message, wParam, lParam) {
        switch (message) {
          case ADD_ONE:
            return wParam + 1n;
          case ASK:
            return host.ask(wParam, deadline(lParam))?.result ?? DEFAULT;
          case ASK_BYTES: {
            const bytes = host.ask(wParam, deadline(lParam))?.bytes;
            return bytes === undefined
              ? DEFAULT
              : BigInt(bytes.reduce((sum, byte) => sum + byte, 0));
          }
          case EMIT:
            host.emit(wParam);
            return 0n;
          case THROW:
            throw new RangeError("thrown in the window procedure");
        }
      },
    });
    windows.push(window);
    return window;
  };
  return {
    call(request) {
      const { create, fail, echo } = request as { create?: string; fail?: string; echo?: unknown };
      if (create !== undefined) return createWindow(create);
      if (fail !== undefined) throw new Deno.errors.NotFound(fail);
      return echo;
    },
    close() {
      for (const window of windows) host.destroyWindow(window);
    },
  };
}
