// Blocks its thread for ever. Whether it still runs is told by its port.
const { port } = Deno.listen({ hostname: "127.0.0.1", port: 0 }).addr as Deno.NetAddr;
console.log(`port ${port}`);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
