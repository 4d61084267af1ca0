// Prints how many milliseconds after its start the program runs, with all of winipc imported.

import "../../mod.ts";

console.log(performance.now());
