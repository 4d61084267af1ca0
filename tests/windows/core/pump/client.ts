// The half of the tests' clients on this side, and calls to their windows.

import { type ClientListener, PumpClient } from "../../../../src/core/pump/pump.ts";
import { lazyLibrary } from "../../../../src/win32/library.ts";

const user32 = lazyLibrary("user32.dll", {
  // LRESULT SendMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
  SendMessageNonblocking: {
    name: "SendMessageW",
    parameters: ["pointer", "u32", "usize", "isize"],
    result: "isize",
    nonblocking: true,
  },
  // BOOL PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
  PostMessageW: { parameters: ["pointer", "u32", "usize", "isize"], result: "i32" },
  // BOOL PostThreadMessageW(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
  PostThreadMessageW: { parameters: ["u32", "u32", "usize", "isize"], result: "i32" },
  // BOOL IsWindow(HWND hWnd)
  IsWindow: { parameters: ["pointer"], result: "i32" },
  // HWND FindWindowExW(HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow)
  FindWindowExW: { parameters: ["pointer", "pointer", "buffer", "buffer"], result: "pointer" },
  // DWORD GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId)
  GetWindowThreadProcessId: { parameters: ["pointer", "buffer"], result: "u32" },
  // int GetClassInfoExW(HINSTANCE hInstance, LPCWSTR lpszClass, LPWNDCLASSEXW lpwcx)
  GetClassInfoExW: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
  // DWORD GetGuiResources(HANDLE hProcess, DWORD uiFlags)
  GetGuiResources: { parameters: ["pointer", "u32"], result: "u32" },
});

export { user32 as testUser32 };

export const AGENT = new URL("./agent.ts", import.meta.url);

/** Opens a client whose listener fails the test unless told otherwise. */
export function openClient(listener: Partial<ClientListener> = {}, module = AGENT) {
  const fail = (error: unknown) => {
    throw error;
  };
  return PumpClient.open(module, { heard: fail, failed: fail, lost: fail, ...listener });
}

export async function createWindow(client: PumpClient, className: string): Promise<bigint> {
  return await client.call({ create: className }) as bigint;
}

/** Sends a message from another thread, and waits for the answer. */
export function send(window: bigint, message: number, wParam = 0n, lParam = 0n): Promise<bigint> {
  return user32().SendMessageNonblocking(
    Deno.UnsafePointer.create(window),
    message,
    wParam,
    lParam,
  );
}

export function isWindow(window: bigint): boolean {
  return user32().IsWindow(Deno.UnsafePointer.create(window)) !== 0;
}
