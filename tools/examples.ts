/** The folders of `examples` that have a demo, in the order in which `deno task demo` shows them. */
export const EXAMPLES: readonly string[] = [
  "shared_memory",
  "c_struct",
  "channel",
  "sync",
  "anonymous_pipe",
  "pipe_to_child",
  "mailslot",
  "clipboard",
  "named_pipe",
  "overlapped_pipe",
  "transact_pipe",
  "pipe_jsonrpc",
  "pipe_http",
  "pipe_fetch",
  "single_instance",
];
