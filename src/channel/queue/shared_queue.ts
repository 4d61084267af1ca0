import {
  OPEN_WAIT_OPTIONS,
  OPEN_WAIT_SYNC_OPTIONS,
  type OptionNames,
} from "../../core/options/check_options.ts";
import type {
  MayWaitOptions,
  OpenWaitOptions,
  OpenWaitSyncOptions,
  WaitOptions,
  WaitSyncOptions,
} from "../../core/options/wait_options.ts";
import { type Opening, openOrWait, openOrWaitSync } from "../../core/wait/open_when_exists.ts";
import { defineInspect, openState } from "../../core/text/inspect.ts";
import { checkMessage, startDeadline, startDeadlineSync } from "../arguments.ts";
import { messagesUntilClosed } from "../messages.ts";
import { maxPayload } from "./layout.ts";
import { QueueMember } from "./member.ts";
import { createQueue, type OpenQueue, openQueue, queueLabel } from "./open_queue.ts";
import {
  checkCreateOptions,
  checkOpenOptions,
  type SharedQueueCreateOptions,
  type SharedQueueOpenOptions,
} from "./options.ts";
import { Publisher } from "./publisher.ts";
import { Subscriber } from "./subscriber.ts";

/**
 * A queue of messages in shared memory, for many writers and many readers in many processes and
 * languages: it speaks the Cloudtoid Interprocess protocol, version 3, of the .NET library
 * Cloudtoid.Interprocess and its packages for C, Python, Node.js and Go.
 *
 * Every message goes to one reader, whichever is first. Messages are dequeued in the order in which
 * room for them was reserved; those of one writer in the order in which it enqueued them. A message
 * is bytes: what they mean is for the members to agree on. The queue holds as many as fit into its
 * ring of fixed size, and lives as long as a member has it open: it is gone, with what is in it,
 * when the last member has closed it or ended. All members are 64-bit processes of one Windows
 * session.
 *
 * **One object, both sides.** The first call to enqueue makes the object a publisher, of which a
 * queue has up to 2,048, and the first call to dequeue makes it a subscriber. It belongs to one
 * thread: a Worker opens the queue by name. Do not `terminate()` a Worker that uses one: it may
 * hold the readers' lock, and its process is alive, so nobody may take the lock away. Have it close
 * the queue instead.
 *
 * **When a process ends in the middle** of a call, the queue stays usable. A message that was being
 * read is lost; if a message was being written or read, so are those that were enqueued behind it
 * until that was noticed: the protocol has the readers observe it for 10 seconds first. Messages
 * that were received whole are never received again. A process that is only stopped, as by a
 * debugger, is waited for. Nothing here survives a restart of the system or is acknowledged: what
 * must not be lost needs more than this.
 *
 * **Waiting.** Receivers sleep on a semaphore, for at most 5 ms at a time, as the protocol has it.
 * Nothing tells a writer that there is room: it must retry.
 *
 * **Trust.** Every member can write the whole memory. What is read from it is copied once and
 * checked, so a member that breaks the protocol can make calls throw `Deno.errors.InvalidData`,
 * lose messages or forge them, but not reach other memory. By default only the current user and
 * SYSTEM may be members.
 *
 * **What was tested against what.** The implementation follows the protocol's document. It was
 * tested against itself, and against a program in C that was written for these tests from the same
 * document and shares no code with it: in both directions, with several writers and readers of both
 * at once, with processes ended at random points and with stopped ones; on Deno for Windows under
 * Wine. It was not run against the .NET library or its packages.
 *
 * Windows documentation: "Creating Named Shared Memory", "Semaphore Objects". The protocol:
 * docs/protocol.md of github.com/cloudtoid/interprocess.
 *
 * @example One process enqueues messages
 * ```ts
 * import { SharedQueue } from "@winipc/winipc/channel";
 *
 * using queue = SharedQueue.create({ name: "jobs", capacity: 65_536 });
 * const message = new TextEncoder().encode("resize 7.png");
 * while (!queue.tryEnqueue(message)) {
 *   await new Promise((resolve) => setTimeout(resolve, 10)); // it is full
 * }
 * ```
 *
 * @example Others dequeue them
 * ```ts no-eval
 * import { SharedQueue } from "@winipc/winipc/channel";
 *
 * using queue = SharedQueue.create({ name: "jobs", capacity: 65_536 });
 * for await (const message of queue) {
 *   console.log(new TextDecoder().decode(message));
 * }
 * ```
 */
export class SharedQueue implements Disposable, AsyncIterable<Uint8Array<ArrayBuffer>> {
  readonly #queue: OpenQueue;
  readonly #maxMessageSize: number;
  #publisher: Publisher | undefined;
  #subscriber: Subscriber | undefined;

  static {
    defineInspect(this, (queue) => {
      const { name, capacity } = queue;
      return { name, capacity, state: openState(queue) };
    });
  }

  /**
   * Queues are made by {@linkcode SharedQueue.create} and {@linkcode SharedQueue.open}.
   *
   * @ignore
   */
  constructor(queue: OpenQueue) {
    this.#queue = queue;
    this.#maxMessageSize = maxPayload(queue.memory.capacity);
  }

  /**
   * Creates a queue, or joins the one that has the name: members may start in any order.
   *
   * Windows documentation: "CreateFileMappingW function", "CreateMutexExW function",
   * "CreateSemaphoreExW function".
   *
   * @param options The queue's name and capacity.
   * @returns The queue; `existed` tells whether it existed.
   * @throws {TypeError} If an option does not exist or is of the wrong type, or the name is empty,
   *   too long, or has a backslash or NUL in it.
   * @throws {RangeError} If `capacity` is not a multiple of 8 from 24 on, or the queue has another
   *   capacity.
   * @throws {Deno.errors.AlreadyExists} If the queue exists and `exclusive` is set, or another kind
   *   of object has one of its names.
   * @throws {Deno.errors.PermissionDenied} If the queue exists and its security does not let this
   *   user in.
   * @throws {Deno.errors.InvalidData} If something else has the queue's name.
   * @throws {Deno.errors.TimedOut} If another member has kept the queue from being set up for 10
   *   seconds.
   * @throws {Win32Error} If it cannot be created, as when it is too large for the system.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 65_536 });
   * console.log(queue.existed ? "joined" : "created");
   * ```
   */
  static create(options: SharedQueueCreateOptions): SharedQueue {
    checkCreateOptions("SharedQueue.create()", options);
    return new SharedQueue(createQueue(options));
  }

  /**
   * Joins a queue that exists, with whatever capacity it has. (The other implementations only have
   * what is `create` here.)
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @param options The queue's name.
   * @returns The queue.
   * @throws {TypeError} If an option does not exist or is of the wrong type, or the name breaks a
   *   rule.
   * @throws {RangeError} If the queue has another capacity than the one that is given.
   * @throws {Deno.errors.NotFound} If there is no queue of this name.
   * @throws {Deno.errors.AlreadyExists} If another kind of object has one of its names.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in.
   * @throws {Deno.errors.InvalidData} If something else has the queue's name.
   * @throws {Deno.errors.TimedOut} If another member has kept the queue from being set up for 10
   *   seconds.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.open({ name: "jobs" });
   * console.log(queue.capacity);
   * ```
   */
  static open(options: SharedQueueOpenOptions & { readonly wait?: false }): SharedQueue;
  /**
   * Waits until there is a queue of a name, and joins it.
   *
   * Cancel safety: an aborted or timed-out call has left nothing open.
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @param options The queue's name, and how long to wait.
   * @returns The queue.
   * @throws {Deno.errors.TimedOut} If there was none within `timeout` milliseconds.
   * @throws The reason of `signal`, if it aborts; and what the call throws that does not wait, but
   *   for `Deno.errors.NotFound`.
   *
   * @example Start in any order
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = await SharedQueue.open({ name: "jobs", wait: true, timeout: 30_000 });
   * console.log(queue.capacity);
   * ```
   */
  static open(options: SharedQueueOpenOptions & OpenWaitOptions): Promise<SharedQueue>;
  static open(
    options: SharedQueueOpenOptions & MayWaitOptions,
  ): SharedQueue | Promise<SharedQueue> {
    const call = "SharedQueue.open()";
    return openOrWait(call, options, () => SharedQueue.#opening(call, options, OPEN_WAIT_OPTIONS));
  }

  /**
   * Joins a queue that exists; with `wait: true` it waits for one, blocking the thread.
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @param options The queue's name, and whether and how long to wait.
   * @returns The queue.
   * @throws {Deno.errors.TimedOut} If `wait` is set, and there was none within `timeout`
   *   milliseconds.
   * @throws Also what {@linkcode SharedQueue.open} throws.
   *
   * @example In a Worker
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.openSync({ name: "jobs", wait: true });
   * console.log(queue.dequeueSync());
   * ```
   */
  static openSync(options: SharedQueueOpenOptions & OpenWaitSyncOptions): SharedQueue {
    const call = "SharedQueue.openSync()";
    const prepare = () => SharedQueue.#opening(call, options, OPEN_WAIT_SYNC_OPTIONS);
    return openOrWaitSync(call, options, prepare);
  }

  static #opening(
    call: string,
    options: SharedQueueOpenOptions,
    waitNames: OptionNames<WaitSyncOptions>,
  ): Opening<SharedQueue> {
    checkOpenOptions(call, options, waitNames);
    const open = (waits: boolean) => new SharedQueue(openQueue(options, waits));
    return { label: queueLabel(options.name), open };
  }

  /** The queue's name. */
  get name(): string {
    return this.#queue.name;
  }

  /** The size of the ring in bytes. */
  get capacity(): number {
    return this.#queue.memory.capacity;
  }

  /**
   * The longest message that the queue can hold, in bytes: 8 less than its capacity, and no more
   * than 2,147,483,647.
   */
  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  /**
   * Whether the queue existed before the call that created it; always true for one that was opened.
   */
  get existed(): boolean {
    return this.#queue.existed;
  }

  /** Whether this object is closed. */
  get closed(): boolean {
    return this.#queue.memory.closed;
  }

  /**
   * Enqueues a message, if there is room for it. It never waits: so it also returns `false` while a
   * reader repairs the queue.
   *
   * @param message The bytes, which are copied; it may be empty.
   * @returns Whether it was enqueued.
   * @throws {TypeError} If the message is not a `Uint8Array`.
   * @throws {RangeError} If it is longer than {@linkcode SharedQueue.maxMessageSize}, so that it
   *   could never be enqueued; or if this is the first call and the queue has used all of its
   *   2,147,483,647 member ids.
   * @throws {Deno.errors.Busy} If this is the first call, and the queue has 2,048 publishers.
   * @throws {Deno.errors.InvalidData} If a member has corrupted the queue.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * if (!queue.tryEnqueue(new Uint8Array([1, 2, 3]))) console.log("the queue is full");
   * ```
   */
  tryEnqueue(message: Uint8Array): boolean {
    this.#checkOpen();
    this.#checkMessage(message);
    return this.#asPublisher().enqueue(message);
  }

  /**
   * Enqueues messages, in their order, up to the first for which there is no room. It costs less
   * than a call for each. Readers get every message as soon as it is enqueued, and messages of
   * other writers may come between them.
   *
   * @param messages The messages.
   * @returns How many were enqueued.
   * @throws {TypeError} If one is not a `Uint8Array`: none was enqueued.
   * @throws {RangeError} If one is longer than {@linkcode SharedQueue.maxMessageSize}: none was
   *   enqueued.
   * @throws Also what {@linkcode SharedQueue.tryEnqueue} throws.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * const lines = ["one", "two", "three"].map((line) => new TextEncoder().encode(line));
   * const rest = lines.slice(queue.enqueueMany(lines));
   * console.log(`${rest.length} must wait`);
   * ```
   */
  enqueueMany(messages: Iterable<Uint8Array>): number {
    this.#checkOpen();
    // A copy: the iterable is other code, which must not run in the middle of a call.
    const list = [...messages];
    for (const message of list) this.#checkMessage(message);
    this.#checkOpen();
    return this.#asPublisher().enqueueMany(list);
  }

  /**
   * Dequeues the oldest message, if there is one. It never waits: so it also returns `undefined`
   * while the message is still being written, or another reader is at work.
   *
   * @returns A copy of the message; `undefined` if there is none now.
   * @throws {Deno.errors.InvalidData} If a member has corrupted the queue.
   * @throws {RangeError} If this is the first call and the queue has used all of its member ids.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * for (let job = queue.tryDequeue(); job; job = queue.tryDequeue()) console.log(job);
   * ```
   */
  tryDequeue(): Uint8Array<ArrayBuffer> | undefined {
    this.#checkOpen();
    return this.#asSubscriber().tryDequeue();
  }

  /**
   * Dequeues the oldest message, waiting for it without blocking the thread. Several calls at once
   * get theirs in the order of the calls. The program stays alive while one waits.
   *
   * Cancel safety: a call that rejects has taken no message. A call whose result is dropped, as
   * after a `Promise.race`, still takes one: end it by `signal` or `timeout`.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)".
   *
   * @param options How long to wait.
   * @returns A copy of the message.
   * @throws {TypeError} If an option does not exist or is of the wrong type.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`; or
   *   if this is the first call and the queue has used all of its member ids.
   * @throws {Deno.errors.TimedOut} If the timeout passes first; with timeout 0, if there is none
   *   now.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   * @throws {Deno.errors.Interrupted} If the queue is closed meanwhile.
   * @throws {Deno.errors.InvalidData} If a member has corrupted the queue.
   * @throws The reason of `signal`, if it aborts.
   *
   * @example
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * const job = await queue.dequeue({ timeout: 5_000 });
   * console.log(job);
   * ```
   */
  async dequeue(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    this.#checkOpen();
    const deadline = startDeadline("SharedQueue.dequeue()", options);
    return await this.#asSubscriber().dequeue(deadline);
  }

  /**
   * Dequeues the oldest message, waiting for it and blocking the thread: for Workers, and for
   * programs that do nothing else meanwhile.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns A copy of the message.
   * @throws {TypeError} If an option does not exist or is of the wrong type.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`; or
   *   if this is the first call and the queue has used all of its member ids.
   * @throws {Deno.errors.TimedOut} If the timeout passes first; with timeout 0, if there is none
   *   now.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   * @throws {Deno.errors.InvalidData} If a member has corrupted the queue.
   *
   * @example
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * const job = queue.dequeueSync({ timeout: 5_000 });
   * console.log(job);
   * ```
   */
  dequeueSync(options?: WaitSyncOptions): Uint8Array<ArrayBuffer> {
    this.#checkOpen();
    const deadline = startDeadlineSync("SharedQueue.dequeueSync()", options);
    return this.#asSubscriber().dequeueSync(deadline);
  }

  /**
   * The messages as they come, without end: the iteration ends when this object is closed.
   *
   * @throws {Deno.errors.InvalidData} If a member has corrupted the queue.
   *
   * @example
   * ```ts no-eval
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * for await (const job of queue) {
   *   if (job.length === 0) break;
   *   console.log(job);
   * }
   * ```
   */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    return messagesUntilClosed(this, () => this.dequeue());
  }

  /**
   * Leaves the queue; further calls do nothing. Pending calls to `dequeue()` reject with
   * `Deno.errors.Interrupted`, later calls throw `Deno.errors.BadResource`. The queue and what is
   * in it stay for the other members.
   */
  close(): void {
    if (this.closed) return;
    const { notification, memory } = this.#queue;
    using closing = new DisposableStack();
    for (const resource of [memory, notification, this.#subscriber, this.#publisher]) {
      closing.use(resource);
    }
  }

  /** Leaves the queue: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #checkOpen(): void {
    if (this.closed) throw new Deno.errors.BadResource(`The ${this.#queue.label} is closed`);
  }

  #checkMessage(message: Uint8Array): void {
    const length = checkMessage(message, "A message");
    if (length <= this.#maxMessageSize) return;
    const longest = this.#maxMessageSize;
    throw new RangeError(
      `The ${this.#queue.label} takes messages of up to ${longest} bytes, not ${length}`,
    );
  }

  #asPublisher(): Publisher {
    const { memory, notification } = this.#queue;
    return this.#publisher ??= this.#join((member) =>
      new Publisher(memory, this.name, notification, member)
    );
  }

  #asSubscriber(): Subscriber {
    return this.#subscriber ??= this.#join((member) => new Subscriber(this.#queue, member));
  }

  #join<Role>(role: (member: QueueMember) => Role): Role {
    const { memory, name, security } = this.#queue;
    const member = new QueueMember(memory, name, security);
    try {
      return role(member);
    } catch (error) {
      member[Symbol.dispose]();
      throw error;
    }
  }
}
