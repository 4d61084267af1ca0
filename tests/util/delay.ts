/** Lets time pass, in milliseconds: where no event tells, or where the time is what is tested. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
