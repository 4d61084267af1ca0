/** Not the function that is needed. */
export function serve(): void {}
