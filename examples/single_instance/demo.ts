// Many starts of a program of which there is one instance, and what happens when that is killed.

import { parseCommandLine } from "../util/cli.ts";
import { type ExampleProcess, finishDemo, ProcessGroup } from "../util/pair.ts";

const options = parseCommandLine({
  program: "examples/single_instance/demo.ts",
  about: "One player, further starts that give it their songs, and a crash.",
  options: {
    starts: { type: "integer", default: 3, min: 1, max: 20, description: "starts for each player" },
  },
});

await using processes = new ProcessGroup();
const name = `--name=winipc-player-${Deno.pid}`;
const first = start("first", "overture");
await first.waitForLine('this is the player; it plays "overture"');
let ok = await playAll(first);

first.kill();
await first.exitCode;
const second = start("second", "encore");
await second.waitForLine('this is the player; it plays "encore"');
ok = await playAll(second) && ok;

ok = await start("last", "stop").exitCode === 0 && await second.exitCode === 0 && ok;
finishDemo({
  mechanism: "single instance",
  exchanged: `${2 * options.starts} songs of as many starts, played by two processes in turn`,
  ok,
});

function start(label: string, song: string): ExampleProcess {
  const url = new URL("./player.ts", import.meta.url);
  return processes.start(label, url, { args: [name, `--song=${song}`] });
}

/** Starts the program further times, at once, and waits until its player plays all their songs. */
async function playAll(player: ExampleProcess): Promise<boolean> {
  const songs = Array.from({ length: options.starts }, (_, i) => `song ${i + 1}`);
  const starts = songs.map((song, i) => start(`start ${i + 1}`, song));
  const left = new Set(songs.map((song) => `it plays "${song}"`));
  while (left.size > 0) left.delete(await player.waitForLine(/^it plays/));
  const codes = await Promise.all(starts.map(({ exitCode }) => exitCode));
  return codes.every((code) => code === 0);
}
