// Ends its thread before there is a client.
queueMicrotask(() => {
  throw new Error("at the start");
});

/** Never gets a client. */
export function handle(): void {}
