// A double of a container engine's API in Node for Windows, on a named pipe: streamed logs, chunked uploads, attach.
//
//   node named_pipe_engine_node.cjs engine PATH
//
// It prints "listening", and ends with its standard input.
const http = require("node:http");

const socketPath = process.argv[3];
const containers = new Map();

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json", "api-version": "1.44" });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

const server = http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://engine");
  if (pathname === "/_ping") {
    response.writeHead(200, { "api-version": "1.44" });
    return response.end("OK");
  }
  if (pathname === "/images/load") {
    let loaded = 0;
    for await (const chunk of request) {
      loaded += chunk.length;
      response.write(JSON.stringify({ loaded }) + "\n");
    }
    return response.end();
  }
  if (pathname === "/containers/create") {
    const name = searchParams.get("name");
    request.resume();
    if (containers.has(name)) return json(response, 409, { message: "in use" });
    containers.set(name, { running: false, logs: new Set() });
    return json(response, 201, { Id: name });
  }
  const [, , name, action] = pathname.split("/");
  const container = containers.get(name);
  if (container === undefined) return json(response, 404, { message: "no such container" });
  switch (action) {
    case "start":
      response.writeHead(container.running ? 304 : 204).end();
      container.running = true;
      return;
    case "logs":
      response.writeHead(200, { "content-type": "application/vnd.docker.raw-stream" });
      response.flushHeaders();
      return container.logs.add(response);
    case "say":
      for (const log of container.logs) log.write(searchParams.get("line") + "\n");
      return response.writeHead(204).end();
    case "stop":
      for (const log of container.logs) log.end();
      return response.writeHead(204).end();
  }
  json(response, 400, { message: "no such action" });
});
server.on("upgrade", (_request, socket, head) => {
  socket.write("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n");
  socket.write("Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  socket.on("data", (data) => {
    if (String(data) === "exit\n") socket.end();
    else socket.write(`$ ${data}`);
  });
  if (head.length > 0) socket.emit("data", head);
});
server.listen(socketPath, () => console.log("listening"));
process.stdin.resume().on("end", () => process.exit());
