// Makes one request whose response never ends, and reads two chunks of it, or nothing:
//
//     unread_program.ts PATH /read|/unread

import { pipeFetch } from "../../../../src/named_pipe/http/http.ts";

const [path, target] = Deno.args;
const response = await pipeFetch(path, target);
console.log(response.status);
if (target === "/read") {
  // Not through a decoder stream, which reads ahead.
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (let i = 0; i < 2; i++) console.log(decoder.decode((await reader.read()).value));
}
