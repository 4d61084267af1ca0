import type { OwnedHandle } from "../core/handle/owned_handle.ts";
import type { PipePath } from "./path.ts";

/** How many instances of a pipe this thread has open, by the pipe's name in lower case. */
const openInstances = new Map<string, number>();

/** Counts a server's end of a pipe as open until its handle is closed or given away. */
export function trackInstance(instance: OwnedHandle, { name }: PipePath): OwnedHandle {
  const key = name.toLowerCase();
  openInstances.set(key, (openInstances.get(key) ?? 0) + 1);
  instance.onRelinquish(() => {
    const left = (openInstances.get(key) ?? 1) - 1;
    if (left > 0) openInstances.set(key, left);
    else openInstances.delete(key);
  });
  return instance;
}

/** Who has the name of a pipe that could not be created, as far as this thread knows. */
export function whoHasTheName({ name }: PipePath): string {
  return openInstances.has(name.toLowerCase())
    ? "this program has the name itself: a listener or a connection that it accepted is still open"
    : "another server has the name, and does not let this one add an instance";
}
