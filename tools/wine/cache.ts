// Where the runner keeps what it makes: one folder in the user's cache.

/** A condition the person at the keyboard has to mend: shown as text, without a stack. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** The runner's own folder in the user's cache; made if it is not there. */
export async function cacheFolder(): Promise<string> {
  const home = Deno.env.get("HOME");
  // The XDG Base Directory specification: a relative XDG_CACHE_HOME is invalid and is ignored.
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  const base = xdg?.startsWith("/") ? xdg : home?.startsWith("/") ? `${home}/.cache` : undefined;
  if (base === undefined) {
    throw new SetupError("There is no cache folder: set HOME or XDG_CACHE_HOME to a full path.");
  }
  const folder = `${base}/winipc`;
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** Whether something exists at the path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
