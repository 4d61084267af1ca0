// A module of replies: it runs in the message thread.

export function reply(
  { message, wParam, bytes }: { message: number; wParam: bigint; bytes?: Uint8Array },
): bigint | undefined {
  if (bytes !== undefined) return BigInt(bytes.length);
  if (message === 0x8001) throw new RangeError("thrown by reply()");
  return message === 0x8000 ? wParam * 3n : undefined;
}
