// Locks between runs. The kernel's own (flock): it ends with the process that holds it, however
// that process ends, so there is no stale lock to find and take over.

/** A lock held on a file until it is disposed or the process ends. */
export class FileLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock, exclusive or shared. When another process holds it, `onWait` is told once
   * what the holder wrote about itself, and the call waits.
   */
  static async take(
    path: string,
    options: { exclusive: boolean; onWait?: (holder: string) => void },
  ): Promise<FileLock> {
    const file = await Deno.open(path, { create: true, read: true, write: true });
    try {
      if (!await file.tryLock(options.exclusive)) {
        options.onWait?.((await Deno.readTextFile(path)).trim());
        await file.lock(options.exclusive);
      }
      if (options.exclusive) await FileLock.#sign(file);
      return new FileLock(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Makes a shared lock exclusive if nobody else holds it; if not, the shared lock is lost. */
  async upgrade(): Promise<boolean> {
    const upgraded = await this.#file.tryLock(true);
    if (upgraded) await FileLock.#sign(this.#file);
    return upgraded;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  static async #sign(file: Deno.FsFile): Promise<void> {
    await file.truncate(0);
    await file.seek(0, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode(`process ${Deno.pid}\n`));
  }
}
