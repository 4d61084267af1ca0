// Types of the part of @std/cli this repository uses; the code is the real library's, from npm.

export interface ParseOptions {
  readonly boolean?: string | readonly string[];
  readonly string?: string | readonly string[];
  readonly collect?: string | readonly string[];
  readonly negatable?: string | readonly string[];
  readonly alias?: Readonly<Record<string, string | readonly string[]>>;
  readonly default?: Readonly<Record<string, unknown>>;
  readonly stopEarly?: boolean;
  readonly "--"?: boolean;
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
export interface Args {
  [name: string]: unknown;
  _: (string | number)[];
}
export function parseArgs(args: readonly string[], options?: ParseOptions): Args;
