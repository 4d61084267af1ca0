// Reads descriptor 3 to its end and writes it in capital letters to descriptor 4; tells that 5 is free; and echoes
// on descriptor 6 by a socket what comes on descriptor 7.

const fs = require("node:fs");
const net = require("node:net");

const input = fs.readFileSync(3, "utf8");
fs.writeSync(4, input.toUpperCase());
fs.closeSync(4);

let free = "no";
try {
  fs.fstatSync(5);
} catch (error) {
  free = error.code;
}
console.log(`5: ${free}`);

const writer = new net.Socket({ fd: 6, readable: false, writable: true });
const reader = new net.Socket({ fd: 7, readable: true, writable: false });
reader.pipe(writer);
reader.on("close", () => console.log("closed"));
