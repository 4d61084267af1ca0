// Finding processes by what is in their environment, which their children inherit.

/**
 * The ids of this user's processes that were started with an environment entry, as NAME=value.
 * Empty where the system has no /proc.
 */
export async function processesWith(entry: string): Promise<number[]> {
  const found: number[] = [];
  const wanted = `\0${entry}\0`;
  let processes;
  try {
    processes = [...Deno.readDirSync("/proc")];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return found;
    throw error;
  }
  for (const { name } of processes) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readEnvironment(name);
    if (`\0${environment}\0`.includes(wanted)) found.push(Number(name));
  }
  return found;
}

async function readEnvironment(pid: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/environ`);
  } catch {
    // Ended in the meantime (ENOENT, ESRCH), or another user's: not one of ours either way.
    return "";
  }
}
