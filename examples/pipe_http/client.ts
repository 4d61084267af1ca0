// HTTP requests over a named pipe, by node:http and an agent that keeps connections alive.
//
//     deno run --allow-ffi examples/pipe_http/client.ts --count 100

import { once } from "node:events";
import http from "node:http";
import { json, text } from "node:stream/consumers";
import { parseCommandLine } from "../util/cli.ts";
import { pipeAgent } from "./pipe_agent.ts";

const options = parseCommandLine({
  program: "examples/pipe_http/client.ts",
  about: "Makes HTTP requests over a named pipe.",
  options: {
    path: { type: "string", default: "winipc-http", description: "name of the pipe" },
    count: { type: "integer", default: 100, min: 1, description: "how many requests" },
  },
});

const agent = pipeAgent(options.path);
const streams = new Set<unknown>();

for (let i = 0; i < options.count; i++) await text(await request("GET", "/hello"));
console.log(`${options.count} requests over ${streams.size} connection`);

const shouted = await text(await request("POST", "/upper", ["a body ", "in two chunks"]));
console.log(`in capitals: ${shouted}`);

const refused = await request("DELETE", "/hello");
console.log(`refused: ${refused.statusCode} ${(await text(refused)).trim()}`);

console.log(`visits: ${JSON.stringify(await json(await request("GET", "/visits")))}`);
agent.destroy();

async function request(
  method: string,
  path: string,
  body: readonly string[] = [],
): Promise<http.IncomingMessage> {
  const request = http.request({ agent, method, path });
  request.on("socket", (stream) => streams.add(stream));
  for (const part of body) request.write(part);
  request.end();
  const [response] = await once(request, "response");
  return response;
}
