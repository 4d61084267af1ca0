import { assert, assertEquals } from "@std/assert";
import { type SpawnedProcess, spawnWithHandles } from "../../src/process/mod.ts";
import { SharedMemory } from "../../src/shared_memory/mod.ts";
import { bytesOf } from "../util/bytes.ts";
import { delay } from "../util/delay.ts";
import { uniqueName } from "../util/names.ts";
import { randomNumbers } from "../util/random.ts";
import { test } from "../util/test.ts";
import { volume } from "../util/volume.ts";
import { watchProcess } from "../util/watchdog.ts";

const SCRIPT = new URL("./single_instance_start.ts", import.meta.url);
const STARTS = volume(1_000);
/** How many starts race at once. */
const RACERS = 5;
/** The longest time in milliseconds between the steps of a race. */
const LONGEST_STEP = 40;

/** One start. Deno's own streams would take one of its few threads each. */
class Start implements AsyncDisposable {
  readonly number: number;
  readonly #process: SpawnedProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  killed = false;

  constructor(number: number, args: readonly string[]) {
    this.number = number;
    this.#process = spawnWithHandles(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-ffi", SCRIPT.href, ...args, String(number)],
      stdin: "piped",
      stdout: "piped",
    });
    watchProcess(this.#process);
    this.#lines = this.#process.stdoutLines();
    this.#input = this.#process.stdin.getWriter();
  }

  /** The next line that it prints; `undefined` at its end. */
  async readLine(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** Lets it take its next step, if it is still there. */
  async step(): Promise<void> {
    await this.#input.write(bytesOf("\n")).catch(() => assert(this.killed));
  }

  kill(): void {
    this.killed = true;
    this.#process.kill();
  }

  /** Waits for its end, and gives the rest of what it has printed. */
  async end(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.readLine(); line !== undefined; line = await this.readLine()) {
      lines.push(line);
    }
    const { code } = await this.#process.status;
    assertEquals(code, this.killed ? 1 : 0, `Start ${this.number} ended with ${code}`);
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

test(
  `${STARTS} racing starts, with kills, make one instance at a time and lose no message`,
  async () => {
    const random = randomNumbers(26);
    const name = uniqueName("instance");
    const memoryName = uniqueName("memory");
    using memory = SharedMemory.create({ name: memoryName, size: 4 * (STARTS + 1) });
    const elements = new Int32Array(memory.buffer);
    await using all = new AsyncDisposableStack();
    const starts: Start[] = [];
    const outcomes = { instance: 0, delivered: 0, killed: 0 };

    /** How the race went for one of the starts. */
    async function outcomeOf(start: Start): Promise<"instance" | "delivered" | "killed"> {
      const { number } = start;
      const line = await start.readLine();
      if (line === "delivered") {
        assert(elements[number] > 0, `Message ${number} was acknowledged, and nobody has taken it`);
        return "delivered";
      }
      if (line === undefined) {
        assert(start.killed, `Start ${number} has ended by itself`);
        return "killed";
      }
      const before = line.match(/^instance after (\d+)$/)?.[1];
      assert(before !== undefined, line);
      assert(before === "0" || starts[Number(before) - 1].killed, `Start ${number}: two instances`);
      return "instance";
    }

    let instance: Start | undefined;
    while (starts.length < STARTS) {
      const racers: Start[] = [];
      for (let i = 0; i < RACERS && starts.length < STARTS; i++) {
        const start = all.use(new Start(starts.length + 1, [name, memoryName]));
        starts.push(start);
        racers.push(start);
      }
      for (const racer of racers) assertEquals(await racer.readLine(), "ready");
      // The instance ends while the starts look for it, by a crash or in order, and one start is killed.
      for (const racer of racers) await racer.step();
      await delay(random(LONGEST_STEP));
      if (random(3) > 0) instance?.kill();
      else await instance?.step();
      await delay(random(LONGEST_STEP));
      racers[random(racers.length)].kill();

      const ending = instance === undefined ? [] : [instance];
      instance = undefined;
      for (const racer of racers) {
        const outcome = await outcomeOf(racer);
        outcomes[outcome]++;
        if (outcome !== "instance" || racer.killed) ending.push(racer);
        else {
          assertEquals(instance, undefined, "Two instances have remained");
          instance = racer;
        }
      }
      for (const start of ending) {
        assert(!(await start.end()).includes("two instances"), `${start.number}: two instances`);
        await start[Symbol.asyncDispose]();
      }
    }
    // Otherwise nothing was tested.
    assert(outcomes.instance >= STARTS / RACERS / 4 && outcomes.delivered >= STARTS / 4);
  },
  { timeout: 300_000 },
);
