/**
 * A name that no other test, no other run and no earlier crashed run uses: `winipc-mutex-3fa9c2d41b07`. It has no
 * namespace and no backslash, so it also serves for pipes and mailslots.
 *
 * @param prefix What it is for, to be read in messages.
 */
export function uniqueName(prefix: string): string {
  return `winipc-${prefix}-${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
