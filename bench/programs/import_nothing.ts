// Prints how many milliseconds after its start the program runs, with an empty module imported.

import "./empty.ts";

console.log(performance.now());
