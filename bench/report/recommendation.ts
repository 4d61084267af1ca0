import type { SweepSeries } from "../sweep.ts";
import { digits, formatRate, formatSize, formatTime } from "./format.ts";
import { MECHANISMS } from "./mechanisms.ts";

/** Which mechanism to take for a need. */
export interface Advice {
  readonly need: string;
  /** The mechanism's name. */
  readonly take: string;
  /** What to import. */
  readonly api: string;
  /** What of its properties answers the need. */
  readonly because: string;
  /** What was measured of it here, and of the next best. */
  readonly measured: string;
}

/** A need, and what can serve it. */
interface Need {
  readonly need: string;
  /**
   * Mechanisms that have the properties it takes, by what each of them has to say for itself. Where figures
   * are about the same, the first one is taken.
   */
  readonly among: Readonly<Record<string, string>>;
  /** Mechanisms to compare with that are not to be taken. */
  readonly beside?: readonly string[];
  readonly size: number;
  readonly by: "latency" | "throughput";
}

const KIB = 1024;
/** Figures that are this near to each other are about the same: runs differ by more. */
const NEAR = 1.1;

const NEEDS: readonly Need[] = [
  {
    need: "Questions and answers between two programs of yours, with the least delay",
    size: 64,
    by: "latency",
    among: {
      "named-pipe-blocking": "Duplex, kept apart by Windows. Its calls block: use a Worker.",
      "ring": "Two rings make a RingDuplex. Looking for messages takes processor time.",
    },
  },
  {
    need: "One server for many clients, in a thread that also does other things",
    size: 64,
    by: "latency",
    among: { "named-pipe": "Duplex, any number of clients, every wait can be aborted." },
    beside: ["deno-net", "tcp"],
  },
  {
    need: "One server for some clients, each with the least delay",
    size: 64,
    by: "latency",
    among: { "named-pipe-blocking": "NamedPipeThreadServer gives each client a thread." },
    beside: ["named-pipe", "c"],
  },
  {
    need: "A one-way stream of small messages, one writer and one reader",
    size: 64,
    by: "throughput",
    among: {
      "anonymous-pipe": "For a program that yours starts. Bytes: put lengths before messages.",
      "named-pipe-blocking": "With direction and message mode; its calls block.",
      "ring": "Messages stay whole, and cost no call to Windows while both sides are busy.",
    },
  },
  {
    need: "Large data one way, such as pictures",
    size: KIB * KIB,
    by: "throughput",
    among: {
      "anonymous-pipe": "For a program that yours starts.",
      "named-pipe-blocking": "Its calls block: use a Worker.",
      "ring": "Needs a capacity of twice the message at least; peek() reads it in place.",
    },
  },
  {
    need: "Large questions and answers",
    size: KIB * KIB,
    by: "latency",
    among: {
      "named-pipe": "Needs no thread of its own.",
      "named-pipe-blocking": "Its calls block: use a Worker.",
      "ring": "Two rings, each with a capacity of twice the message at least.",
    },
  },
  {
    need: "Work for whoever is free: many writers, many readers",
    size: 256,
    by: "throughput",
    among: { "shared-queue": "The only one with many readers: each message goes to one of them." },
    beside: ["named-pipe"],
  },
  {
    need: "Notices from many senders that wait for no answer",
    size: 256,
    by: "throughput",
    among: {
      "mailslot": "Senders need only its name, and C programs no code of ours.",
      "shared-queue": "A full queue tells the sender so. Both sides must use the same capacity.",
    },
  },
  {
    need: "A program that yours starts, as a filter",
    size: 64 * KIB,
    by: "throughput",
    among: {
      "anonymous-pipe": "Any program reads and writes it, and nobody else can get at it.",
    },
    beside: ["named-pipe-blocking"],
  },
  {
    need: "Between users, such as a service and the desktop",
    size: 4 * KIB,
    by: "latency",
    among: {
      "named-pipe":
        "Its security option says who may connect, and the server knows who does. Memory that " +
        "both sides write to is no boundary.",
    },
    beside: ["named-pipe-blocking"],
  },
  {
    need: "To another Windows computer",
    size: 4 * KIB,
    by: "latency",
    among: {
      "named-pipe": "With allowRemote, by the computer's name in the path. Mailslots reach all " +
        "computers of a domain, with 424 bytes that may get lost. Here it was measured on one computer.",
    },
    beside: ["tcp"],
  },
];

/** What to take for each need, by the figures of this machine among what has the properties for it. */
export function recommend(sweep: readonly SweepSeries[]): Advice[] {
  return NEEDS.map((need) => advise(need, sweep));
}

interface Figure {
  readonly id: string;
  readonly name: string;
  readonly value: number;
}

function advise(need: Need, sweep: readonly SweepSeries[]): Advice {
  const candidates = Object.keys(need.among);
  const figures = figuresOf(need, candidates, sweep);
  const best = figures.reduce<Figure | undefined>(
    (best, figure) => best === undefined || gain(need, figure, best) > NEAR ? figure : best,
    undefined,
  );
  const id = best?.id ?? candidates[0];
  const properties = MECHANISMS.find((mechanism) => mechanism.id === id);
  const others = figuresOf(need, [...candidates, ...need.beside ?? []], sweep)
    .filter((figure) => figure.id !== id)
    .sort((a, b) => gain(need, b, a) - 1);
  return {
    need: need.need,
    take: properties?.name ?? id,
    api: properties?.api ?? "",
    because: need.among[id],
    measured: best === undefined ? "Not measured here." : describe(need, best, others),
  };
}

function figuresOf(need: Need, ids: readonly string[], sweep: readonly SweepSeries[]): Figure[] {
  return ids.flatMap((id) => {
    const series = sweep.find((series) => series.id === id);
    const point = series?.points.find(({ size }) => size === need.size);
    if (series === undefined || point === undefined) return [];
    const value = need.by === "latency" ? point.latency.p50 : point.throughput.median;
    return [{ id, name: series.name, value }];
  });
}

/** How many times faster a figure is than another. */
function gain({ by }: Need, figure: Figure, than: Figure): number {
  return by === "latency" ? than.value / figure.value : figure.value / than.value;
}

function describe(need: Need, best: Figure, others: readonly Figure[]): string {
  const format = need.by === "latency" ? formatTime : formatRate;
  const what = need.by === "latency" ? "one way (median)" : "one way";
  const own = `${formatSize(need.size)}: ${format(best.value)} ${what}`;
  if (others.length === 0) return `${own}.`;
  const list = others.map((other) =>
    `${other.name} ${format(other.value)} (${comparison(gain(need, best, other))})`
  );
  return `${own}. Beside it: ${list.join("; ")}.`;
}

function comparison(gain: number): string {
  if (gain > NEAR) return `${digits(gain)} times slower`;
  return gain < 1 / NEAR ? `${digits(1 / gain)} times faster` : "about the same";
}
