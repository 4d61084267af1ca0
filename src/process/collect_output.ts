import type { AnonymousPipeReader } from "../anonymous_pipe/anonymous_pipe_reader.ts";
import { kernel32 } from "../win32/kernel32.ts";

/** How much is read at once, in bytes. */
const CHUNK_SIZE = 64 * 1024;

/**
 * Reads what a child writes to a stream, up to the end of the stream or of the child; closes the
 * stream then. The end of the stream alone would not do: it comes when the last process has closed
 * it, and the child may have left one behind.
 *
 * @param ended Aborts when the child has ended.
 * @throws {TypeError} If the stream is already being read.
 */
export async function collectOutput(
  reader: AnonymousPipeReader | undefined,
  ended: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (reader === undefined) return new Uint8Array();
  // Nobody else is to read it any more.
  reader.readable.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for await (const chunk of chunksUntilEnd(reader, ended)) chunks.push(chunk);
  } finally {
    reader.close();
  }
  return await new Blob(chunks).bytes();
}

async function* chunksUntilEnd(
  reader: AnonymousPipeReader,
  ended: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(CHUNK_SIZE);
  while (!ended.aborted) {
    let count: number | null;
    try {
      count = await reader.read(buffer, { signal: ended });
    } catch (error) {
      // An aborted read has taken nothing.
      if (error === ended.reason) break;
      throw error;
    }
    if (count === null) return;
    yield buffer.slice(0, count);
  }
  // All that the child has written is in the pipe now. Others may write as fast as this reads, so
  // no more is read than there is now.
  for (let left = bytesInPipe(reader); left > 0;) {
    const count = await reader.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) return;
    yield buffer.slice(0, count);
    left -= count;
  }
}

/** How many bytes can be read without waiting ("PeekNamedPipe function"). */
function bytesInPipe({ handle }: AnonymousPipeReader): number {
  const available = new Uint32Array(1);
  const pipe = Deno.UnsafePointer.create(handle);
  // It fails if nobody has the other end any more, and nothing is left.
  return kernel32().PeekNamedPipe(pipe, null, 0, null, available, null) === 0 ? 0 : available[0];
}
