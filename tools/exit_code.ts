/**
 * An exit code as text, and in the form in which Windows' own are known: 3221225477 is 0xC0000005, an
 * access violation ("NTSTATUS Values").
 *
 * @param lastByte Whether this is only the last byte of the program's exit code, as Wine has it.
 */
export function exitCodeText(code: number, { lastByte = false } = {}): string {
  const hex = (code >>> 0).toString(16).toUpperCase();
  if (lastByte) return `0x...${hex.padStart(2, "0")} (Wine tells the last byte only)`;
  return code >>> 0 >= 0xc000_0000 ? `${code >>> 0} (0x${hex})` : String(code);
}
