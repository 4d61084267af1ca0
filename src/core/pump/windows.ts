import { kernel32, MEM_RELEASE } from "../../win32/kernel32.ts";
import { WNDCLASSEXW } from "../../win32/structs.ts";
import {
  GWLP_WNDPROC,
  user32,
  WM_NCDESTROY,
  WS_EX_TOOLWINDOW,
  WS_POPUP,
} from "../../win32/user32.ts";
import { ERROR_CLASS_ALREADY_EXISTS } from "../../win32/error_codes.ts";
import { lastErrorCode, win32Error } from "../error/windows_error.ts";
import { encodeWide } from "../text/wide_string.ts";
import { StackGuard } from "../callback/stack_guard.ts";
import { type EndRegistration, functionAddress } from "../thread/end_calls.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { messageOnlyParent } from "./message_only.ts";
import type { WindowOptions, WindowProcedure } from "./protocol.ts";

/** What Windows calls for a message to a window. */
const WINDOW_PROCEDURE = {
  // LRESULT WindowProc(HWND hwnd, UINT uMsg, WPARAM wParam, LPARAM lParam)
  // A throw in a callback whose result is "isize" would end the process, so it is "i64".
  parameters: ["pointer", "u32", "usize", "isize"],
  result: "i64",
} as const satisfies Deno.UnsafeCallbackDefinition;

interface Window {
  readonly className: string;
  readonly procedure: WindowProcedure;
  /** Is told what the procedure throws. */
  readonly failed: (error: unknown) => void;
}

/**
 * The windows of this thread.
 *
 * A class belongs to the process, and this thread may end at any moment. So the classes' own window
 * procedure is DefWindowProcW, and each window gets the callback of this thread when it has been
 * created: the windows of a thread are destroyed with it, and nothing is left that could call
 * JavaScript.
 */
export class Windows implements Disposable {
  readonly #windows = new Map<bigint, Window>();
  /** How many windows of each class this thread has. */
  readonly #classes = new Map<string, number>();
  /** The classes of windows that have been destroyed since the last sweep. */
  readonly #lost: string[] = [];
  readonly #callback: Deno.UnsafeCallback<typeof WINDOW_PROCEDURE>;
  readonly #guard: StackGuard;
  /** This thread may end at any moment, and the guard lies in memory of the process. */
  readonly #atThreadEnd: EndRegistration;
  readonly #instance = kernel32().GetModuleHandleW(null);

  constructor() {
    const { DefWindowProcW } = user32();
    this.#callback = new Deno.UnsafeCallback(
      WINDOW_PROCEDURE,
      (pointer, message, wParam, lParam) => {
        const number = Deno.UnsafePointer.value(pointer);
        const window = this.#windows.get(number);
        try {
          const result = window?.procedure(message, BigInt(wParam), BigInt(lParam), number);
          if (result !== undefined) return BigInt.asIntN(64, result);
          if (message === WM_NCDESTROY) this.#gone(number);
        } catch (error) {
          window?.failed(error);
          return 0n;
        }
        return BigInt(DefWindowProcW(pointer, message, wParam, lParam));
      },
    );
    this.#guard = new StackGuard(this.#callback.pointer);
    const free = functionAddress("VirtualFree");
    const release = [this.#guard.address, 0n, BigInt(MEM_RELEASE)] as const;
    this.#atThreadEnd = threadResources().endCalls.call(free, release);
  }

  /** @throws {Win32Error} If Windows cannot create it. */
  create(options: WindowOptions, failed: Window["failed"]): bigint {
    const { className, title = "", topLevel = false, procedure } = options;
    this.#addClass(className);
    const { CreateWindowExW, SetWindowLongPtrW } = user32();
    const parent = topLevel ? null : messageOnlyParent();
    // Encoded before the call, as the error code must be the first thing after it.
    const [name, text] = [encodeWide(className), encodeWide(title)];
    const window = CreateWindowExW(
      WS_EX_TOOLWINDOW,
      name,
      text,
      WS_POPUP,
      0,
      0,
      0,
      0,
      parent,
      null,
      this.#instance,
      null,
    );
    if (window === null) {
      const code = lastErrorCode();
      this.#removeClass(className);
      throw win32Error(code, {
        operation: "CreateWindowExW",
        object: className,
        doing: `Cannot create a window of class "${className}"`,
      });
    }
    const number = Deno.UnsafePointer.value(window);
    this.#windows.set(number, { className, procedure, failed });
    SetWindowLongPtrW(window, GWLP_WNDPROC, this.#guard.address);
    return number;
  }

  destroy(window: bigint): void {
    if (!this.#windows.has(window)) return;
    user32().DestroyWindow(Deno.UnsafePointer.create(window));
  }

  /** A window has been destroyed, by whomever. */
  #gone(number: bigint): void {
    const window = this.#windows.get(number);
    if (window === undefined) return;
    this.#windows.delete(number);
    // A class can be unregistered only after its last window's WM_NCDESTROY.
    this.#lost.push(window.className);
  }

  /** Unregisters the classes that have lost windows. Call it outside of any window's procedure. */
  sweep(): void {
    for (const className of this.#lost.splice(0)) this.#removeClass(className);
  }

  #addClass(className: string): void {
    const count = this.#classes.get(className) ?? 0;
    if (count === 0) this.#register(className);
    this.#classes.set(className, count + 1);
  }

  /** Another thread of the process may have the class: it is the same then. */
  #register(className: string): void {
    const name = encodeWide(className);
    const { fields } = WNDCLASSEXW;
    const view = new DataView(new ArrayBuffer(WNDCLASSEXW.size));
    view.setUint32(fields.cbSize.offset, WNDCLASSEXW.size, true);
    const procedure = functionAddress("DefWindowProcW", "user32.dll");
    view.setBigUint64(fields.lpfnWndProc.offset, procedure, true);
    const instance = Deno.UnsafePointer.value(this.#instance);
    view.setBigUint64(fields.hInstance.offset, instance, true);
    const nameAddress = Deno.UnsafePointer.value(Deno.UnsafePointer.of(name));
    view.setBigUint64(fields.lpszClassName.offset, nameAddress, true);
    if (user32().RegisterClassExW(new Uint8Array(view.buffer)) !== 0) return;
    const code = lastErrorCode();
    if (code === ERROR_CLASS_ALREADY_EXISTS) return;
    throw win32Error(code, {
      operation: "RegisterClassExW",
      object: className,
      doing: `Cannot register the window class "${className}"`,
    });
  }

  #removeClass(className: string): void {
    const count = (this.#classes.get(className) ?? 1) - 1;
    if (count > 0) {
      this.#classes.set(className, count);
      return;
    }
    this.#classes.delete(className);
    // It fails while another thread has windows of the class, and that one unregisters it later.
    user32().UnregisterClassW(encodeWide(className), this.#instance);
  }

  /** Destroys all windows. */
  [Symbol.dispose](): void {
    for (const window of [...this.#windows.keys()]) this.destroy(window);
    this.sweep();
    this.#atThreadEnd.cancel();
    this.#guard.free();
    this.#callback.close();
  }
}
