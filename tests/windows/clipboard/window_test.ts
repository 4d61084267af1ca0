import { assert, assertEquals } from "@std/assert";
import { ClipboardWindow } from "../../../src/clipboard/clipboard_window.ts";
import type { ClipboardAnswer, ClipboardRequest } from "../../../src/clipboard/thread_protocol.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { ownedGlobalMemory } from "../../../src/core/memory/global_memory.ts";
import { CF_UNICODETEXT, user32 } from "../../../src/win32/user32.ts";
import { messageOnlyParent } from "../../../src/core/pump/message_only.ts";
import { pattern } from "../../util/bytes.ts";
import { test } from "../../util/test.ts";
import { volume } from "../../util/volume.ts";

/** A window of this thread, which is enough as long as nothing is promised. */
function messageOnlyWindow(): { readonly window: Deno.PointerObject } & Disposable {
  const name = encodeWide("STATIC");
  const parent = messageOnlyParent();
  const { CreateWindowExW, DestroyWindow } = user32();
  const window = CreateWindowExW(0, name, name, 0, 0, 0, 0, 0, parent, null, null, null);
  assert(window !== null);
  return { window, [Symbol.dispose]: () => void DestroyWindow(window) };
}

function clipboardOf(
  { window }: ReturnType<typeof messageOnlyWindow>,
): (request: ClipboardRequest) => ClipboardAnswer {
  const clipboard = new ClipboardWindow(window, { emit() {}, ask: () => undefined });
  return (request) => {
    // Another run of tests may have it open for a moment.
    for (;;) {
      const answer = clipboard.serve(request);
      if (answer.type !== "busy") return answer;
    }
  };
}

test("Global memory belongs to the clipboard, or is freed", () => {
  using window = messageOnlyWindow();
  const serve = clipboardOf(window);
  const owned = ownedGlobalMemory();
  for (let turn = volume(1000); turn > 0; turn--) {
    serve({
      type: "write",
      id: turn,
      renderTimeout: 0,
      items: [
        { format: CF_UNICODETEXT, bytes: encodeWide(`text ${turn}`) },
        { format: 0xc100, bytes: pattern(100_000) },
      ],
    });
    serve({ type: "read", wanted: [[[CF_UNICODETEXT]], [[0xc100]]], maxBytes: 1e6 });
    serve({ type: "fulfil", id: turn, items: [{ format: 0xc101, bytes: pattern(100) }] });
    serve({ type: "fulfil", id: -1, items: [{ format: 0xc101, bytes: pattern(100) }] });
    serve({ type: "clear" });
  }
  assertEquals(ownedGlobalMemory(), owned);
});

test("A write that Windows refuses leaves no memory, and nothing half written", () => {
  using window = messageOnlyWindow();
  const serve = clipboardOf(window);
  const owned = ownedGlobalMemory();
  let error: unknown;
  try {
    serve({
      type: "write",
      id: 1,
      renderTimeout: 0,
      // There is no format 0.
      items: [{ format: 0xc100, bytes: pattern(10) }, { format: 0, bytes: pattern(10) }],
    });
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof Error && error.message.startsWith("Cannot write the clipboard"));
  assertEquals(ownedGlobalMemory(), owned);
  const answer = serve({ type: "read", wanted: [], maxBytes: 1 });
  assert(answer.type === "picture");
  assertEquals(answer.picture.formats, []);
});

test("What is larger than allowed is not copied", () => {
  using window = messageOnlyWindow();
  const serve = clipboardOf(window);
  const items = [{ format: 0xc100, bytes: pattern(5000) }];
  serve({ type: "write", id: 1, renderTimeout: 0, items });
  const answer = serve({ type: "read", wanted: [[[0xc100]]], maxBytes: 4999 });
  assert(answer.type === "picture");
  const size = answer.picture.data.get(0xc100);
  assert(typeof size === "number" && size >= 5000, `${size}`);
});

test("The clipboard is closed whatever happens while it is open", () => {
  using window = messageOnlyWindow();
  const serve = clipboardOf(window);
  serve({ type: "clear" });
  assertEquals(user32().GetOpenClipboardWindow(), null);
});
