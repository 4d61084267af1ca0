// Thunks: what thread-pool callbacks run in place of JavaScript. A JavaScript callback of a Worker
// that has ended crashes the process; this code belongs to no thread of JavaScript, so it may run
// at any time.
//
// It is what C compilers make of tools/tests/thunk.c: gcc for x64, clang for arm64.
// tools/tests/thunk_test.ts compiles that and compares everything here with it: the code, the
// unwind tables and the structs.

/**
 * The context of `postCompletion`, a wait callback that posts a packet to a completion port. The
 * wait's result, WAIT_OBJECT_0 or WAIT_TIMEOUT, becomes the packet's number of bytes.
 *
 * ```c
 * struct completion {
 *   HANDLE port;
 *   ULONG_PTR key;
 *   LPOVERLAPPED overlapped;
 *   BOOL (*post)(HANDLE, DWORD, ULONG_PTR, LPOVERLAPPED); // PostQueuedCompletionStatus
 * };
 * ```
 */
export const COMPLETION = { size: 32, port: 0, key: 8, overlapped: 16, post: 24 } as const;

/**
 * The context of `runCalls`, a wait callback that makes calls in order: the first of a list of
 * chunks, or null. A chunk is this head and, from `calls` on, as many of {@linkcode CALL} as
 * `count` says.
 *
 * ```c
 * struct chunk {
 *   struct chunk *next; // null in the last one
 *   uint64_t count;
 *   struct call calls[];
 * };
 * ```
 */
export const CHUNK = { size: 16, next: 0, count: 8, calls: 16 } as const;

/**
 * One call of `runCalls`. It is skipped if its function is null.
 *
 * ```c
 * struct call {
 *   void (*function)(void *, void *, void *);
 *   void *a, *b, *c;
 * };
 * ```
 */
export const CALL = { size: 32, function: 0, a: 8, b: 16, c: 24 } as const;

/**
 * The two functions for one architecture: the bytes of each instruction, its text, and what it is
 * for.
 */
interface Listing {
  /** It ends with a jump and has no stack frame, so it needs no unwind data. */
  readonly postCompletion: string;
  readonly runCalls: string;
}

/**
 * The code. A jump's number is its distance: on x64 from the instruction after it, on arm64 from
 * the jump itself.
 *
 * Windows documentation: "x64 calling convention", "Overview of ARM64 ABI conventions".
 */
export const LISTINGS: Readonly<Record<"x86_64" | "aarch64", Listing>> = {
  x86_64: {
    postCompletion: `
      48 89 d0     ; mov rax, rdx                 // context
      44 89 ca     ; mov edx, r9d                 // result, as the number of bytes
      4c 8b 50 18  ; mov r10, qword ptr [rax + 24] // post
      4c 8b 48 10  ; mov r9, qword ptr [rax + 16] // overlapped
      4c 8b 40 08  ; mov r8, qword ptr [rax + 8]  // key
      48 8b 08     ; mov rcx, qword ptr [rax]     // port
      49 ff e2     ; jmp r10
    `,
    // rsi: chunk; rbx: call; rdi: end of the chunk's calls.
    runCalls: `
      57           ; push rdi
      56           ; push rsi
      53           ; push rbx
      48 83 ec 20  ; sub rsp, 32                  // the home of the parameters of what is called
      48 89 d6     ; mov rsi, rdx                 // first

      each chunk:
      48 85 f6     ; test rsi, rsi
      74 35        ; je 53                        // to done
      48 8b 7e 08  ; mov rdi, qword ptr [rsi + 8] // count
      48 8d 5e 10  ; lea rbx, [rsi + 16]          // calls
      48 c1 e7 05  ; shl rdi, 5                   // times the size of a call
      48 01 df     ; add rdi, rbx

      each call:
      48 39 fb     ; cmp rbx, rdi
      74 1c        ; je 28                        // to the next chunk
      48 8b 03     ; mov rax, qword ptr [rbx]     // function
      48 85 c0     ; test rax, rax
      74 0e        ; je 14                        // to the next call
      48 8b 53 10  ; mov rdx, qword ptr [rbx + 16] // b
      48 8b 4b 08  ; mov rcx, qword ptr [rbx + 8] // a
      4c 8b 43 18  ; mov r8, qword ptr [rbx + 24] // c
      ff d0        ; call rax

      the next call:
      48 83 c3 20  ; add rbx, 32
      eb df        ; jmp -33                      // to each call

      the next chunk:
      48 8b 36     ; mov rsi, qword ptr [rsi]     // next
      eb c6        ; jmp -58                      // to each chunk

      done:
      48 83 c4 20  ; add rsp, 32
      5b           ; pop rbx
      5e           ; pop rsi
      5f           ; pop rdi
      c3           ; ret
    `,
  },
  aarch64: {
    postCompletion: `
      e8 03 03 2a  ; mov w8, w3                   // result
      20 08 40 a9  ; ldp x0, x2, [x1]             // port, key
      23 10 41 a9  ; ldp x3, x4, [x1, #16]        // overlapped, post
      e1 03 08 2a  ; mov w1, w8                   // result, as the number of bytes
      80 00 1f d6  ; br x4
    `,
    // x19: chunk; x21: 24 bytes into the call; x20: bytes of the calls that are left.
    runCalls: `
      f3 53 be a9  ; stp x19, x20, [sp, #-32]!
      f5 7b 01 a9  ; stp x21, x30, [sp, #16]
      01 02 00 b4  ; cbz x1, #64                  // to done
      f3 03 01 aa  ; mov x19, x1                  // first

      each chunk:
      68 06 40 f9  ; ldr x8, [x19, #8]            // count
      68 01 00 b4  ; cbz x8, #44                  // to the next chunk
      14 e9 7b d3  ; lsl x20, x8, #5              // times the size of a call
      75 a2 00 91  ; add x21, x19, #40            // calls + 24

      each call:
      a8 82 5e f8  ; ldur x8, [x21, #-24]         // function
      88 00 00 b4  ; cbz x8, #16                  // to the next call
      a0 06 7f a9  ; ldp x0, x1, [x21, #-16]      // a, b
      a2 02 40 f9  ; ldr x2, [x21]                // c
      00 01 3f d6  ; blr x8

      the next call:
      94 82 00 f1  ; subs x20, x20, #32
      b5 82 00 91  ; add x21, x21, #32
      21 ff ff 54  ; b.ne #-28                    // to each call

      the next chunk:
      73 02 40 f9  ; ldr x19, [x19]               // next
      73 fe ff b5  ; cbnz x19, #-52               // to each chunk

      done:
      f5 7b 41 a9  ; ldp x21, x30, [sp, #16]
      f3 53 c2 a8  ; ldp x19, x20, [sp], #32
      c0 03 5f d6  ; ret
    `,
  },
};

/**
 * What is put at the start of a page, and where in it things are. It refers to itself by offset
 * only.
 */
export interface ThunkCode {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of the function whose context is {@linkcode COMPLETION}. */
  readonly postCompletion: number;
  /** Offset of the function whose context is {@linkcode CHUNK}. */
  readonly runCalls: number;
  /** Offset of what RtlAddFunctionTable takes, with the start of the page as the base address. */
  readonly functionTable: number;
  /** The number of entries of the function table. */
  readonly functionCount: number;
}

/**
 * The code for an architecture, as `Deno.build.arch` names it.
 *
 * @throws {Deno.errors.NotSupported} If there is none.
 */
export function thunkCode(arch: string): ThunkCode {
  if (arch !== "x86_64" && arch !== "aarch64") {
    throw new Deno.errors.NotSupported(
      `winipc has native code for Deno on x86_64 and aarch64, and this is ${arch}`,
    );
  }
  const postCompletion = parseBytes(LISTINGS[arch].postCompletion);
  const runCalls = parseBytes(LISTINGS[arch].runCalls);
  // One after the other. Tables must be aligned to 4, and each part's length is a multiple of that.
  const start = postCompletion.length;
  const end = start + runCalls.length;
  const table = arch === "x86_64" ? x64FunctionTable(start, end) : arm64FunctionTable(start, end);
  return {
    bytes: Uint8Array.of(...postCompletion, ...runCalls, ...table),
    postCompletion: 0,
    runCalls: start,
    functionTable: end,
    functionCount: 1,
  };
}

/** The bytes of a listing, which precede the `;` of each line. */
function parseBytes(listing: string): number[] {
  const lines = listing.split("\n").filter((line) => line.includes(";"));
  return lines.flatMap((line) => line.split(";")[0].trim().split(" "))
    .map((byte) => parseInt(byte, 16));
}

/** The size of a RUNTIME_FUNCTION on x64. */
const X64_ENTRY_SIZE = 12;

/**
 * How to undo the first instructions of `runCalls`, from the last one back ("x64 exception
 * handling", UNWIND_INFO).
 */
const X64_UNWIND_INFO = `
  01           ; version 1, no handler
  07           ; the prologue has 7 bytes
  04           ; four codes: the offset of the instruction's end, and what it does
  00           ; no frame register
  07 32        ; sub rsp, 32: UWOP_ALLOC_SMALL of 3 * 8 + 8
  03 30        ; push rbx: UWOP_PUSH_NONVOL of register 3
  02 60        ; push rsi: UWOP_PUSH_NONVOL of register 6
  01 70        ; push rdi: UWOP_PUSH_NONVOL of register 7
`;

/**
 * The entry of `runCalls`, which is at the offsets `start` to `end`; the table, at `end`, is
 * followed by what it refers to.
 */
function x64FunctionTable(start: number, end: number): number[] {
  return [...words(start, end, end + X64_ENTRY_SIZE), ...parseBytes(X64_UNWIND_INFO)];
}

/**
 * The entry of `runCalls`, with packed unwind data in place of a reference ("ARM64 exception
 * handling").
 */
function arm64FunctionTable(start: number, end: number): number[] {
  const isPacked = 1;
  const functionLength = (end - start) / 4; // in instructions
  const savedIntegers = 3; // x19, x20 and x21
  const savesReturnAddress = 1; // CR: x30 too, and no frame chain
  const frameSize = 32 / 16; // in units of 16 bytes
  const packed = isPacked | functionLength << 2 | savedIntegers << 16 | savesReturnAddress << 21 |
    frameSize << 23;
  return words(start, packed);
}

/** Little-endian words of 32 bits. */
function words(...values: number[]): number[] {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => value >>> shift & 0xff));
}
