// A Worker that waits, blocking its thread, until there is what it is told to open.

import { RingDuplex, RingReader, RingWriter, SharedQueue } from "../../../src/channel/mod.ts";
import { SharedMemory } from "../../../src/shared_memory/mod.ts";
import { EventObject, Mutex, Semaphore, WaitableTimer } from "../../../src/sync/mod.ts";

declare const self: {
  onmessage: (event: MessageEvent<{ className: string; name: string }>) => void;
  postMessage(message: string): void;
};

const CLASSES = [
  SharedMemory,
  EventObject,
  Mutex,
  Semaphore,
  WaitableTimer,
  RingReader,
  RingWriter,
  RingDuplex,
  SharedQueue,
];

self.onmessage = ({ data: { className, name } }) => {
  self.postMessage("opening");
  const opened = CLASSES.find(({ name }) => name === className)?.openSync({ name, wait: true });
  opened?.close();
  self.postMessage("opened");
};
