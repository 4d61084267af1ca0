// Makes three requests of the server on the pipe that its argument names, and ends with its connection open.

import { pipeFetch } from "../../../../src/named_pipe/http/http.ts";

const texts: string[] = [];
for (let i = 0; i < 3; i++) {
  const response = await pipeFetch(Deno.args[0], `/${i}`);
  texts.push(await response.text());
  await new Promise((resolve) => setTimeout(resolve));
}
console.log(texts.join(" "));
