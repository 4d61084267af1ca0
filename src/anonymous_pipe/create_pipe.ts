import { createPair } from "./pair.ts";
import {
  checkChoice,
  checkInteger,
  checkOptions,
  type OptionNames,
} from "../core/options/check_options.ts";
import { type AnonymousPipeReader, makeReader } from "./anonymous_pipe_reader.ts";
import { type AnonymousPipeWriter, makeWriter } from "./anonymous_pipe_writer.ts";

const ENDS = ["reader", "writer", "both", "none"];
const OPTIONS: OptionNames<CreatePipeOptions> = { size: true, inheritable: true, blocking: true };

/** One or both ends of a pipe. */
export type AnonymousPipeEnds = "reader" | "writer" | "both";

/** Options for {@linkcode createPipe}. */
export interface CreatePipeOptions {
  /**
   * The size of the pipe's buffer in bytes, from 1 to 2^31 - 1: how much can be written before the
   * writer has to wait for the reader.
   *
   * @default {65536}
   */
  readonly size?: number;
  /**
   * Which ends every child process gets that inherits handles, such as one that `Deno.Command`
   * starts. A child that has the writer keeps the reader from seeing the end of the stream;
   * `spawnWithHandles()` needs no inheritable handles, and so has no such accidents.
   *
   * @default {none}
   */
  readonly inheritable?: AnonymousPipeEnds;
  /**
   * Which ends are made for blocking calls only, as CreatePipe makes both: C programs need that for
   * a standard stream or any other file. Ends with both kinds of calls are as fast.
   *
   * @default {the ends that are `inheritable`}
   */
  readonly blocking?: AnonymousPipeEnds | "none";
}

/** Both ends of a pipe; disposing of it closes them. */
export interface AnonymousPipe extends Disposable {
  /** The end that data comes out of. */
  readonly reader: AnonymousPipeReader;
  /** The end that data goes into. */
  readonly writer: AnonymousPipeWriter;
}

/**
 * Makes an anonymous pipe: bytes that are written to one end are read from the other, in this
 * thread, another thread or a child process.
 *
 * Both ends have calls that block and calls that do not. A call that does not uses no thread while
 * it waits, so any number of pipes can be idle. The pipe has no name by which another program could
 * open it.
 *
 * Windows documentation: "CreatePipe function (namedpipeapi.h)", "NtCreateNamedPipeFile function".
 *
 * @param options Buffer size and purpose.
 * @returns The two ends; `using` closes both.
 * @throws {TypeError | RangeError} If an option is not valid; nothing has been created then.
 * @throws {Deno.errors.NotSupported} If this is not Windows.
 *
 * @example
 * ```ts
 * import { createPipe } from "@winipc/winipc/anonymous-pipe";
 *
 * using pipe = createPipe();
 * await pipe.writer.write(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(1024);
 * const count = await pipe.reader.read(buffer);
 * if (count !== null) console.log(new TextDecoder().decode(buffer.subarray(0, count)));
 * ```
 */
export function createPipe(options: CreatePipeOptions = {}): AnonymousPipe {
  checkOptions(options, OPTIONS, "createPipe()");
  const { size = 65536, inheritable = "none", blocking = inheritable } = options;
  checkInteger("size", size, 1, 0x7fff_ffff);
  checkChoice("inheritable", inheritable, ENDS);
  checkChoice("blocking", blocking, ENDS);
  const blockingReader = includes(blocking, "reader");
  const blockingWriter = includes(blocking, "writer");
  const pair = createPair({ size, blockingReader, blockingWriter });
  const reader = makeReader(pair.reader, blockingReader);
  const writer = makeWriter(pair.writer, blockingWriter);
  const pipe = {
    reader,
    writer,
    [Symbol.dispose]() {
      writer.close();
      reader.close();
    },
  };
  try {
    if (includes(inheritable, "reader")) pair.reader.setInheritable(true);
    if (includes(inheritable, "writer")) pair.writer.setInheritable(true);
  } catch (error) {
    pipe[Symbol.dispose]();
    throw error;
  }
  return pipe;
}

function includes(ends: AnonymousPipeEnds | "none", end: "reader" | "writer"): boolean {
  return ends === end || ends === "both";
}
