/** The test that began last. */
export interface Progress {
  readonly name: string;
  /** The URL of its file. */
  readonly file: string;
  readonly state: "begun" | "ended";
}

/**
 * Notes a test for `tools/test.ts`, which reads the file where Deno has died: what Deno itself would
 * have said is lost then.
 */
export function noteProgress(name: string, state: Progress["state"]): void {
  const path = Deno.env.get("WINIPC_TEST_PROGRESS");
  if (path === undefined) return;
  const progress: Progress = { name, file: Deno.mainModule, state };
  Deno.writeTextFileSync(path, JSON.stringify(progress));
}
