import type { WaitOptions, WaitSyncOptions } from "../../core/options/wait_options.ts";
import { maxPayload } from "./layout.ts";
import { Notification } from "./notification.ts";
import { createQueue, type OpenQueue, openQueue } from "./open_queue.ts";
import type { SharedQueueCreateOptions, SharedQueueOpenOptions } from "./options.ts";
import { Participant } from "./participant.ts";
import { Publisher } from "./publisher.ts";
import { Receiver } from "./receiver.ts";
import { Subscriber } from "./subscriber.ts";

/**
 * A queue of messages in shared memory, for many writers and many readers in many processes and languages: it speaks the Cloudtoid
 * Interprocess protocol, version 3, of the .NET library Cloudtoid.Interprocess and its packages for C, Python, Node.js and Go.
 *
 * Every message goes to one reader, whoever is first. Messages come out in the order in which room for them was reserved; those
 * of one writer in the order in which it put them in. A message is bytes: what they mean is for the participants to agree on. The queue holds
 * as many as fit in its ring of fixed size, and lives as long as somebody has it open: it is gone, with what is in it, when the last
 * participant has closed it or ended. All participants are 64-bit processes of one Windows session.
 *
 * **One object, both sides.** The first call to enqueue makes the object a publisher, of which a queue has up to 2,048, and the first call to
 * dequeue makes it a subscriber. It belongs to one thread: a Worker opens the queue by name. Do not `terminate()` a Worker that uses
 * one: it may hold the lock of the readers, and its process lives on, so nobody may take it away. Have it close the queue instead.
 *
 * **When a process ends in the middle** of a call, the queue stays usable. Of what was in it, a message that was being read is lost,
 * and if it was being written or read, so are those that were put in behind it until it was noticed: the protocol has the readers look at it
 * for 10 seconds first. Messages that were received whole are never received again. A process that is only stopped, as
 * by a debugger, is waited for. Nothing here survives a restart of the system or is acknowledged: what must not be lost needs more
 * than this.
 *
 * **Waiting.** Receivers sleep on a semaphore, for at most 5 ms at a time, as the protocol has it. Nothing tells a writer that there is room: it
 * must try again.
 *
 * **Trust.** Every participant can write the whole memory. What is read from it is copied once and checked, so one that
 * breaks the protocol can make calls throw `Deno.errors.InvalidData`, lose messages or forge them, but not reach other
 * memory. By default only the current user and SYSTEM may participate.
 *
 * **What was tested against what.** It follows the protocol's document. It was tested against itself, and against a program in C that was
 * written for these tests from the same document and shares no code with it: in both directions, with several writers and readers of both at
 * once, with processes ended at random points and with stopped ones; on Deno for Windows under Wine. It was not run against the .NET
 * library or its packages.
 *
 * Windows documentation: "Creating Named Shared Memory", "Semaphore Objects". The protocol: docs/protocol.md of
 * github.com/cloudtoid/interprocess.
 *
 * @example One process puts messages in
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
 * @example Others take them out
 * ```ts no-eval
 * import { SharedQueue } from "@winipc/winipc/channel";
 *
 * using queue = SharedQueue.create({ name: "jobs", capacity: 65_536 });
 * for await (const message of queue) {
 *   console.log(new TextDecoder().decode(message));
 * }
 * ```
 */
export class SharedQueue implements Disposable {
  readonly #queue: OpenQueue;
  readonly #notification: Notification;
  readonly #maxMessageSize: number;
  #publisher: Publisher | undefined;
  #subscriber: Subscriber | undefined;
  #receiver: Receiver | undefined;

  /**
   * Queues are made by {@linkcode SharedQueue.create} and {@linkcode SharedQueue.open}.
   *
   * @ignore
   */
  constructor(queue: OpenQueue) {
    this.#queue = queue;
    this.#notification = new Notification(queue.memory, queue.semaphore);
    this.#maxMessageSize = maxPayload(queue.memory.capacity);
  }

  /**
   * Makes a queue, or joins the one that has the name: participants need no order in which they start.
   *
   * Windows documentation: "CreateFileMappingW function", "CreateMutexExW function", "CreateSemaphoreExW function".
   *
   * @param options Its name and capacity.
   * @returns The queue; `existed` tells whether it was there.
   * @throws {TypeError} If the name is empty, too long or has a backslash or NUL in it, or `capacity` or `security` is not what
   *   it may be.
   * @throws {RangeError} If `capacity` is not a multiple of 8 from 24 up, or the queue has another capacity.
   * @throws {Deno.errors.AlreadyExists} If the queue exists and `exclusive` is asked for, or another kind of object has one of its names.
   * @throws {Deno.errors.PermissionDenied} If the queue exists and its security does not let this user in.
   * @throws {Deno.errors.InvalidData} If something else has the queue's name.
   * @throws {Deno.errors.TimedOut} If another participant has kept the queue from being set up for 10 seconds.
   * @throws {Win32Error} If it cannot be made, as when it is too large for the system.
   * @throws {Deno.errors.NotSupported} If this is not Windows.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 65_536 });
   * console.log(queue.existed ? "joined" : "made");
   * ```
   */
  static create(options: SharedQueueCreateOptions): SharedQueue {
    return new SharedQueue(createQueue(options));
  }

  /**
   * Joins a queue that exists, with whatever capacity it has. (The other implementations only have what is `create` here.)
   *
   * Windows documentation: "OpenFileMappingW function".
   *
   * @param options Its name.
   * @returns The queue.
   * @throws {TypeError} If the name breaks a rule, or `capacity` or `security` is not what it may be.
   * @throws {RangeError} If the queue has another capacity than the one that is asked for.
   * @throws {Deno.errors.NotFound} If there is no queue of this name.
   * @throws {Deno.errors.AlreadyExists} If another kind of object has one of its names.
   * @throws {Deno.errors.PermissionDenied} If its security does not let this user in.
   * @throws {Deno.errors.InvalidData} If something else has the queue's name.
   * @throws {Deno.errors.TimedOut} If another participant has kept the queue from being set up for 10 seconds.
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
  static open(options: SharedQueueOpenOptions): SharedQueue {
    return new SharedQueue(openQueue(options));
  }

  /** Its name. */
  get name(): string {
    return this.#queue.name;
  }

  /** The size of its ring in bytes. */
  get capacity(): number {
    return this.#queue.memory.capacity;
  }

  /** The longest message that it can hold, in bytes: 8 less than its capacity, and no more than 2,147,483,647. */
  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  /** Whether it existed when it was created; always true for one that was opened. */
  get existed(): boolean {
    return this.#queue.existed;
  }

  /** Whether it is closed, by this object. */
  get closed(): boolean {
    return this.#queue.memory.closed;
  }

  /**
   * Puts a message in, if there is room for it. It never waits: so it also returns `false` while a reader repairs the queue.
   *
   * @param message Its bytes, which are copied; it may be empty.
   * @returns Whether it is in.
   * @throws {TypeError} If it is not a `Uint8Array`.
   * @throws {RangeError} If it is longer than {@linkcode SharedQueue.maxMessageSize}, so that it could never be put in; or if this is the
   *   first call and the queue has had 2,147,483,647 participants.
   * @throws {Deno.errors.Busy} If this is the first call, and the queue has 2,048 publishers.
   * @throws {Deno.errors.InvalidData} If somebody has broken the queue.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * if (!queue.tryEnqueue(new Uint8Array([1, 2, 3]))) console.log("nobody takes the messages");
   * ```
   */
  tryEnqueue(message: Uint8Array): boolean {
    this.#assertOpen();
    this.#check(message);
    return this.#asPublisher().enqueue(message);
  }

  /**
   * Puts messages in, in their order, up to the first for which there is no room. It costs less than a call for each, and readers get
   * every message as soon as it is in; other writers' may come between them.
   *
   * @param messages The messages.
   * @returns How many are in: the rest is still to be put in.
   * @throws {TypeError} If one is not a `Uint8Array`; then none is put in.
   * @throws {RangeError} If one is longer than {@linkcode SharedQueue.maxMessageSize}; then none is put in.
   * @throws What {@linkcode SharedQueue.tryEnqueue} throws besides.
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
    this.#assertOpen();
    // A copy: what makes the messages is other code, which must not run in the middle of a call.
    const list = [...messages];
    for (const message of list) this.#check(message);
    this.#assertOpen();
    return this.#asPublisher().enqueueMany(list);
  }

  /**
   * Takes the oldest message, if there is one. It never waits: so it also returns `null` while the message is still being written, or
   * another reader is at work.
   *
   * @returns The message, a copy; or `null`.
   * @throws {Deno.errors.InvalidData} If somebody has broken the queue.
   * @throws {RangeError} If this is the first call and the queue has had 2,147,483,647 participants.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   *
   * @example
   * ```ts
   * import { SharedQueue } from "@winipc/winipc/channel";
   *
   * using queue = SharedQueue.create({ name: "jobs", capacity: 1024 });
   * for (let job = queue.tryDequeue(); job !== null; job = queue.tryDequeue()) console.log(job);
   * ```
   */
  tryDequeue(): Uint8Array<ArrayBuffer> | null {
    this.#assertOpen();
    return this.#asSubscriber().tryDequeue();
  }

  /**
   * Takes the oldest message, waiting for it without blocking the thread. Several calls at once get theirs in the order of the calls. The
   * program stays alive while it waits.
   *
   * A call that rejects has taken no message. One whose result is dropped, as after a `Promise.race`, still takes one: end
   * it by `signal` or `timeout`.
   *
   * Windows documentation: "SetThreadpoolWait function (threadpoolapiset.h)".
   *
   * @param options How long to wait.
   * @returns The message, a copy.
   * @throws {Deno.errors.TimedOut} If the timeout passes first; with timeout 0, if there is none now.
   * @throws {Deno.errors.BadResource} If the queue is closed, before or meanwhile.
   * @throws {Deno.errors.InvalidData} If somebody has broken the queue.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`; or if this is the first call and
   *   the queue has had 2,147,483,647 participants.
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
  async dequeue(options: WaitOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    return await this.#asReceiver().receive(options);
  }

  /**
   * Takes the oldest message, waiting for it and blocking the thread: for Workers, and for programs that do nothing else meanwhile.
   *
   * Windows documentation: "WaitForSingleObject function (synchapi.h)".
   *
   * @param options How long to wait.
   * @returns The message, a copy.
   * @throws {Deno.errors.TimedOut} If the timeout passes first; with timeout 0, if there is none now.
   * @throws {Deno.errors.BadResource} If the queue is closed.
   * @throws {Deno.errors.InvalidData} If somebody has broken the queue.
   * @throws {RangeError} If the timeout is negative or over 4,294,967,294 ms and not `Infinity`; or if this is the first call and
   *   the queue has had 2,147,483,647 participants.
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
  dequeueSync(options: WaitSyncOptions = {}): Uint8Array<ArrayBuffer> {
    this.#assertOpen();
    return this.#asReceiver().receiveSync(options);
  }

  /**
   * The messages as they come, without end: it ends when this object is closed.
   *
   * @throws {Deno.errors.InvalidData} If somebody has broken the queue.
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
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    while (!this.closed) {
      let message: Uint8Array<ArrayBuffer>;
      try {
        message = await this.dequeue();
      } catch (error) {
        if (this.closed) return;
        throw error;
      }
      yield message;
    }
  }

  /**
   * Leaves the queue; further calls do nothing. Calls to `dequeue()` that wait are ended with `Deno.errors.BadResource`. The queue and what is in it stay
   * for the other participants.
   */
  close(): void {
    if (this.closed) return;
    const { semaphore, memory } = this.#queue;
    using closing = new DisposableStack();
    for (const resource of [memory, semaphore, this.#subscriber, this.#publisher]) {
      closing.use(resource);
    }
  }

  /** Leaves the queue: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #assertOpen(): void {
    if (this.closed) throw new Deno.errors.BadResource(`The ${this.#queue.label} is closed`);
  }

  #check(message: Uint8Array): void {
    if (!(message instanceof Uint8Array)) {
      throw new TypeError("A message must be a Uint8Array");
    }
    if (message.length > this.#maxMessageSize) {
      throw new RangeError(
        `The ${this.#queue.label} holds messages of up to ${this.#maxMessageSize} bytes: ${message.length} are too many`,
      );
    }
  }

  #asPublisher(): Publisher {
    return this.#publisher ??= this.#participate((participant) =>
      new Publisher(this.#queue.memory, this.name, this.#notification, participant)
    );
  }

  #asSubscriber(): Subscriber {
    return this.#subscriber ??= this.#participate((participant) =>
      new Subscriber(this.#queue.memory, this.name, participant, this.#queue.times)
    );
  }

  #asReceiver(): Receiver {
    return this.#receiver ??= new Receiver(this.#queue, this.#notification, this.#asSubscriber());
  }

  #participate<Role>(role: (participant: Participant) => Role): Role {
    const { memory, name, security } = this.#queue;
    const participant = new Participant(memory, name, security);
    try {
      return role(participant);
    } catch (error) {
      participant[Symbol.dispose]();
      throw error;
    }
  }
}
