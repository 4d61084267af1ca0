// The parts into which the whole test suite is divided, so that several run at once.

/** Test files that one Deno runs. */
export interface TestBatch {
  /** What is shown for it. */
  readonly name: string;
  /** Files or folders. */
  readonly paths: readonly string[];
  /** Whether nothing else may run meanwhile. */
  readonly alone?: boolean;
}

/**
 * The files that run alone. Some end threads at random moments, with calls of all kinds pending, and
 * Wine's server has crashed when the machine was busy with other tests at that time. Others use the
 * clipboard, of which there is one, or send messages to all windows.
 */
const ALONE = /\/worker_end_[a-z_]*test\.ts$|^tests\/(?!unit\/).*(clipboard|window_message)/;

/**
 * How many files a batch has at most. A Deno of its own for each file would cost more than the tests
 * of most files, and the suite is not done before its longest batch.
 */
const BATCH_FILES = 8;

/** The files of a test in folders, in batches; a batch has files of one folder. */
export async function testBatches(
  folders: readonly string[],
  ignored: readonly string[] = [],
): Promise<TestBatch[]> {
  const batches: TestBatch[] = [];
  for (const folder of folders.filter((folder) => !ignored.includes(folder))) {
    const files: string[] = [];
    const inner: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) inner.push(`${folder}/${name}`);
      else if (name.endsWith("_test.ts")) files.push(`${folder}/${name}`);
    }
    const alone = files.filter((file) => ALONE.test(file)).sort();
    if (alone.length > 0) batches.push({ name: `${folder} (alone)`, paths: alone, alone: true });
    const others = files.filter((file) => !ALONE.test(file)).sort();
    const count = Math.ceil(others.length / BATCH_FILES);
    for (let n = 0; n < count; n++) {
      batches.push({
        name: count === 1 ? folder : `${folder} (${n + 1} of ${count})`,
        // Every count-th: neighbours have the same subject, and are often equally long.
        paths: others.filter((_, index) => index % count === n),
      });
    }
    batches.push(...await testBatches(inner.sort(), ignored));
  }
  return batches;
}

/**
 * Calls `work` for each item, in order, for as many at once as `width` says, and returns the results
 * in the order of the items. Begins no more of them once `isOver` is true of a result.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
  isOver: (result: Result) => boolean,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let over = false;
  const worker = async () => {
    while (next < items.length && !over) {
      const index = next++;
      const result = await work(items[index]);
      results[index] = result;
      over ||= isOver(result);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
