// The child of spawn_test.ts. Its first argument says what it does, the others are numbers of handles.

import { AnonymousPipeReader, AnonymousPipeWriter } from "../../../src/anonymous_pipe/mod.ts";
import { spawnWithHandles } from "../../../src/process/mod.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";

const [work, ...numbers] = Deno.args;
const handles = numbers.map(BigInt);

switch (work) {
  case "copySync": {
    using reader = AnonymousPipeReader.fromHandle(handles[0]);
    using writer = AnonymousPipeWriter.fromHandle(handles[1]);
    const buffer = new Uint8Array(65536);
    for (let n = reader.readSync(buffer); n !== null; n = reader.readSync(buffer)) {
      writer.writeSync(buffer.subarray(0, n));
    }
    break;
  }
  case "copy": {
    using reader = AnonymousPipeReader.fromHandle(handles[0]);
    using writer = AnonymousPipeWriter.fromHandle(handles[1]);
    await reader.readable.pipeTo(writer.writable);
    break;
  }
  case "signal":
    for (const handle of handles) {
      // By the bare call: a number that was not inherited may be that of something else.
      const pointer = Deno.UnsafePointer.create(handle);
      kernel32().SetEvent(pointer);
    }
    break;
  case "wait":
    console.log("waiting");
    await Deno.stdin.readable.pipeTo(new WritableStream());
    break;
  case "leave": {
    // Leaves a process behind that has the same streams.
    const script = new URL("./descendants.ts", import.meta.url).href;
    const args = ["run", "--quiet", "--no-prompt", "--allow-ffi", script];
    const left = spawnWithHandles(Deno.execPath(), { args, stdin: "null" });
    Deno.stdout.writeSync(new Uint8Array(300_000));
    console.log(`left ${left.pid}`);
    Deno.exit(5);
    break;
  }
  case "leaveWriting": {
    const args = ["run", "--quiet", "--no-prompt", "--allow-ffi", import.meta.url, "write"];
    const left = spawnWithHandles(Deno.execPath(), { args, stdin: "null", stderr: "piped" });
    // It says so when it has begun.
    await left.stderr.getReader().read();
    Deno.exit(5);
    break;
  }
  case "write":
    for (let count = 0;; count++) {
      Deno.stdout.writeSync(new Uint8Array(65536));
      if (count === 10) console.error("writing");
    }
  case "say":
    console.log("to stdout");
    console.error("to stderr");
    break;
}
