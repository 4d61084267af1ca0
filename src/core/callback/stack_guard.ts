import { kernel32 } from "../../win32/kernel32.ts";
import { createNativePage, freeNativePage } from "./native_page.ts";

/**
 * Code that a window procedure begins with. Wine puts the data of WM_COPYDATA on the stack of the
 * receiver, as much as any program likes to send, and V8 ends the process where its callback finds
 * more than 1 MiB of the stack used. So this returns 0, "not taken", if the stack is too deep.
 *
 * It is a leaf without a stack frame, so it needs no unwind data. The two words that it reads lie
 * behind it: the lowest place of the stack pointer, and the procedure. A jump's number is its
 * distance: on x64 from the instruction after it, on arm64 from the jump itself.
 *
 * tools/tests/thunk_test.ts compares the bytes with the instructions.
 */
export const STACK_GUARD_LISTINGS = {
  x86_64: `
    48 3b 25 19 00 00 00  ; cmp rsp, qword ptr [rip + 25] // the lowest place
    72 06                 ; jb 6                          // to refuse
    ff 25 19 00 00 00     ; jmp qword ptr [rip + 25]      // the procedure
    31 c0                 ; xor eax, eax                  // refuse
    c3                    ; ret
  `,
  aarch64: `
    08 01 00 58           ; ldr x8, #32                   // the lowest place
    e9 03 00 91           ; mov x9, sp
    3f 01 08 eb           ; cmp x9, x8
    63 00 00 54           ; b.lo #12                      // to refuse
    c9 00 00 58           ; ldr x9, #24                   // the procedure
    20 01 1f d6           ; br x9
    00 00 80 d2           ; mov x0, #0                    // refuse
    c0 03 5f d6           ; ret
  `,
} as const;

const WORDS_AT = 32;
const SIZE = WORDS_AT + 16;

/** How much of a stack callbacks may find used: V8 allows 984 KiB, and they need some of it. */
const DEEPEST = 850 * 1024;
/** What has to be left of a smaller stack. */
const LEAST_LEFT = 256 * 1024;

/** The code of the guard, without its two words. */
export function stackGuardCode(arch: "x86_64" | "aarch64"): number[] {
  return STACK_GUARD_LISTINGS[arch].split("\n").filter((line) => line.includes(";"))
    .flatMap((line) => line.split(";")[0].trim().split(" "))
    .map((byte) => parseInt(byte, 16));
}

/**
 * The code before a callback of this thread. It has to be freed when nothing can call it any more.
 */
export class StackGuard {
  readonly #page: Deno.PointerObject;

  /** @param procedure What to go on with while the stack has room. */
  constructor(procedure: Deno.PointerObject) {
    const [low, high] = [new BigUint64Array(1), new BigUint64Array(1)];
    kernel32().GetCurrentThreadStackLimits(low, high);
    const memory = new ArrayBuffer(SIZE);
    new Uint8Array(memory).set(stackGuardCode(Deno.build.arch));
    const words = new BigUint64Array(memory, WORDS_AT);
    const [lowest, least] = [high[0] - BigInt(DEEPEST), low[0] + BigInt(LEAST_LEFT)];
    words[0] = lowest > least ? lowest : least;
    words[1] = Deno.UnsafePointer.value(procedure);
    this.#page = createNativePage(new Uint8Array(memory));
  }

  /** The address of the code. */
  get address(): bigint {
    return Deno.UnsafePointer.value(this.#page);
  }

  free(): void {
    freeNativePage(this.#page);
  }
}
