import { ntdll } from "../../win32/ntdll.ts";
import { objectAttributes } from "../handle/object_attributes.ts";
import {
  type OpenFileOptions,
  openParameters,
  type OpenResult,
  openResult,
} from "../handle/open_native.ts";
import { threadResources } from "../thread/thread_resources.ts";
import { blockingCalls } from "./blocking_calls.ts";
import type { Deadline } from "./deadline.ts";

const HANDLE_SIZE = 8;

/**
 * Opens an existing file as `openFileSync()` does, on another thread: for a file on another
 * computer, which may not answer for a long time. The call cannot be taken back when its deadline
 * passes: what it opens later is closed at once.
 */
export function openFile(
  name: string,
  label: string,
  options: OpenFileOptions,
  deadline: Deadline | undefined,
  timedOut: () => Error,
): Promise<OpenResult> {
  const open = () => openOnThread(name, label, options);
  return blockingCalls.run(open, deadline, timedOut, ({ handle }) => handle?.close());
}

async function openOnThread(
  name: string,
  label: string,
  options: OpenFileOptions,
): Promise<OpenResult> {
  // The call may go on when the isolate has ended, so all that it uses lies in native memory,
  // marked as the kernel's.
  const resources = threadResources();
  const block = resources.blocks.take();
  const memory = resources.allocate(HANDLE_SIZE + objectAttributes(name, options).byteLength);
  const handle = new BigUint64Array(memory.bytes.buffer, 0, 1);
  const attributes = memory.bytes.subarray(HANDLE_SIZE);
  attributes.set(objectAttributes(name, options, memory.address + BigInt(HANDLE_SIZE)));
  block.markPending();
  try {
    const status = await ntdll().NtCreateFileNonblocking(
      ...openParameters(handle, block.bytes, attributes, options),
    );
    return openResult(status, handle[0], label);
  } finally {
    memory.free();
    resources.blocks.giveBack(block);
  }
}
