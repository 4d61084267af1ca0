// HTTP over a named pipe in Node for Windows, by its http module and its default agent.
//
//   node named_pipe_http_node.cjs client PATH COUNT    COUNT GET requests, one after the other
//   node named_pipe_http_node.cjs crowd PATH COUNT     COUNT POST requests at once, each on its own connection
//   node named_pipe_http_node.cjs hijack PATH          an upgrade, then lines both ways
//   node named_pipe_http_node.cjs socket PATH          what a socket of Node says of itself on a pipe
//   node named_pipe_http_node.cjs server PATH          echoes bodies, chunk by chunk, and lines after an upgrade
//
// A server prints "listening" and ends with its standard input, a client prints what came of it.
const http = require("node:http");
const net = require("node:net");
const { once } = require("node:events");
const { buffer, text } = require("node:stream/consumers");

const [role, socketPath, count] = process.argv.slice(2);

async function client() {
  let ok = 0;
  const errors = [];
  const sockets = new Set();
  for (let i = 0; i < Number(count); i++) {
    try {
      const request = http.get({ socketPath, path: `/${i}` });
      request.on("socket", (socket) => sockets.add(socket));
      const [response] = await once(request, "response");
      if (await text(response) === `GET /${i}`) ok++;
    } catch (error) {
      errors.push(error.message);
    }
  }
  console.log(`${ok} of ${count} on ${sockets.size} connections ${errors.join()}`);
}

async function crowd() {
  const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
  const agent = new http.Agent({ keepAlive: true });
  const results = await Promise.allSettled(Array.from({ length: Number(count) }, async (_, i) => {
    const request = http.request({ agent, socketPath, path: `/echo/${i}`, method: "POST" });
    request.write(body.subarray(0, 30_000));
    request.end(body.subarray(30_000));
    const [response] = await once(request, "response");
    return (await buffer(response)).equals(body);
  }));
  agent.destroy();
  const errors = results.filter(({ reason }) => reason !== undefined).map(({ reason }) =>
    reason.message
  );
  console.log(
    `${results.filter(({ value }) => value === true).length} of ${count} ${errors.join()}`,
  );
}

async function hijack() {
  const headers = { connection: "Upgrade", upgrade: "tcp" };
  const request = http.request({ socketPath, path: "/attach", method: "POST", headers });
  request.end();
  const [response, socket] = await once(request, "upgrade");
  console.log(`status ${response.statusCode}`);
  for (const word of ["one", "two", "three"]) {
    socket.write(word);
    console.log(String((await once(socket, "data"))[0]));
  }
  socket.end();
  await once(socket, "close");
  console.log("closed");
}

async function describe() {
  const socket = net.connect(socketPath);
  await once(socket, "connect");
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily } = socket;
  const { connecting, pending, readyState, timeout } = socket;
  console.log(JSON.stringify([
    [remoteAddress, remotePort, remoteFamily, localAddress, localPort, localFamily],
    [connecting, pending, readyState, timeout === undefined, socket.address()],
  ]));
  socket.destroy();
  await once(socket, "close");
  console.log(JSON.stringify([socket.connecting, socket.pending, socket.readyState]));
}

function server() {
  const sockets = new Set();
  const server = http.createServer((request, response) => {
    if (request.url === "/connections") return response.end(String(sockets.size));
    if (request.method === "POST") return request.pipe(response);
    response.end(`GET ${request.url}`);
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.on("upgrade", (_request, socket, head) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    socket.write(head);
    socket.pipe(socket);
  });
  server.listen(socketPath, () => console.log("listening"));
  process.stdin.resume().on("end", () => process.exit());
}

({ client, crowd, hijack, socket: describe, server })[role]();
