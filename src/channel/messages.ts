/**
 * What iterating over the messages of a channel gives: each one as it comes, until there are no
 * more or the channel is closed by this side, also while it waits.
 *
 * @param receive Waits for the next message and takes it; `null` if there will be none.
 */
export async function* messagesUntilClosed(
  channel: { readonly closed: boolean },
  receive: () => Promise<Uint8Array<ArrayBuffer> | null>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  while (!channel.closed) {
    let message: Uint8Array<ArrayBuffer> | null;
    try {
      message = await receive();
    } catch (error) {
      if (channel.closed && error instanceof Deno.errors.Interrupted) return;
      throw error;
    }
    if (message === null) return;
    yield message;
  }
}
