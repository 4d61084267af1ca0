// A player of which there is one instance: each later start gives it its song, and ends.
//
//     deno run --allow-ffi examples/single_instance/player.ts --song first
//     deno run --allow-ffi examples/single_instance/player.ts --song second

import { singleInstance } from "@winipc/winipc/single-instance";
import { parseCommandLine } from "../util/cli.ts";

const options = parseCommandLine({
  program: "examples/single_instance/player.ts",
  about: "Plays songs in one process, however often it is started.",
  options: {
    name: { type: "string", default: "winipc-player", description: "name of the single instance" },
    song: {
      type: "string",
      default: "a song",
      description: 'what to play; "stop" ends the player',
    },
  },
});

const message = { song: options.song };
using instance = await singleInstance({ name: options.name, message });
if (instance === undefined) {
  console.log(`"${options.song}" goes to the player that runs`);
} else {
  console.log(`this is the player; it plays "${options.song}"`);
  for await (const { song } of instance) {
    if (song === "stop") break;
    console.log(`it plays "${song}"`);
  }
}
