// A named pipe's other side in Node for Windows, by its net module.
//
//   node named_pipe_node.cjs server|client PATH echo|stream
//
// `echo` sends back what it receives until the peer ends, and prints how much it was. `stream` sends 1,000,000 bytes and
// ends at once. A server prints "listening".
const net = require("node:net");

const [role, path, task] = process.argv.slice(2);

function talk(socket) {
  let total = 0;
  socket.on("error", (error) => console.log(`error ${error.code}`));
  socket.on("close", () => console.log(`closed after ${total}`));
  if (task === "stream") {
    socket.resume();
    socket.end(Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251)));
    return;
  }
  socket.on("data", (chunk) => {
    total += chunk.length;
    if (!socket.write(chunk)) {
      socket.pause();
      socket.once("drain", () => socket.resume());
    }
  });
}

if (role === "server") {
  const server = net.createServer((socket) => {
    server.close();
    talk(socket);
  });
  server.listen(path, () => console.log("listening"));
} else {
  talk(net.connect(path));
}
