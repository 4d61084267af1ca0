import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { lastWin32Error } from "../../../src/core/error/windows_error.ts";
import { isInvalidHandle, OwnedHandle } from "../../../src/core/handle/owned_handle.ts";
import { encodeWide } from "../../../src/core/text/wide_string.ts";
import { filePath } from "../../../src/core/text/file_path.ts";
import { SharedMemory, Win32Error } from "../../../src/shared_memory/mod.ts";
import { FILE_SHARE_READ, GENERIC_READ, OPEN_EXISTING } from "../../../src/win32/kernel32.ts";
import { kernel32 } from "../../../src/win32/kernel32.ts";
import { listenNamedPipe } from "../../../src/named_pipe/mod.ts";
import { runDeno } from "../../util/deno_process.ts";
import { uniqueName } from "../../util/names.ts";
import { test } from "../../util/test.ts";

/** A folder for one test's files. */
function tempFolder(): Disposable & { file(name: string): string } {
  const folder = Deno.makeTempDirSync({ prefix: "winipc-" });
  return {
    file: (name) => `${folder}\\${name}`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** Opens a file as another program might, sharing no more than `share` with others. */
function openShared(file: string, share: number): OwnedHandle {
  const value = kernel32().CreateFileW(
    encodeWide(file),
    GENERIC_READ,
    share,
    null,
    OPEN_EXISTING,
    0,
    null,
  );
  if (isInvalidHandle(value)) {
    throw lastWin32Error({ operation: "CreateFileW", doing: "Cannot open" });
  }
  return new OwnedHandle(value, "file");
}

function numbers(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

test("A mapped file is read and written as memory", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(100_000));
  {
    using memory = SharedMemory.create({ file });
    assertEquals([memory.size, memory.existed], [100_000, false]);
    assertEquals(memory.bytes, numbers(100_000));
    memory.bytes.set([1, 2, 3], 99_997);
    memory.flush();
    assertEquals([...Deno.readFileSync(file).subarray(-3)], [1, 2, 3]);
    using view = memory.view({ offset: 70_000, length: 2 });
    view.bytes[1] = 77;
    view.flush();
  }
  assertEquals(Deno.readFileSync(file)[70_001], 77);
  assertEquals(Deno.statSync(file).size, 100_000);
});

test("A file is made, and made larger, to the size that is asked for", () => {
  using folder = tempFolder();
  const file = folder.file("new.bin");
  SharedMemory.create({ file, size: 10 }).close();
  assertEquals([...Deno.readFileSync(file)], Array(10).fill(0));
  Deno.writeFileSync(file, numbers(10));
  {
    using memory = SharedMemory.create({ file, size: 200_000 });
    assertEquals(memory.size, 200_000);
    assertEquals(memory.bytes.subarray(0, 10), numbers(10));
    assertEquals(memory.bytes.subarray(10).every((byte) => byte === 0), true);
    memory.bytes[199_999] = 5;
  }
  const bytes = Deno.readFileSync(file);
  assertEquals([bytes.length, bytes[9], bytes[10], bytes[199_999]], [200_000, 9, 0, 5]);
});

test("A part of a file is mapped, and the rest stays", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(1000));
  {
    using memory = SharedMemory.create({ file, size: 100 });
    assertEquals([memory.size, memory.bytes.length], [100, 100]);
    memory.bytes[99] = 255;
  }
  const bytes = Deno.readFileSync(file);
  assertEquals([bytes.length, bytes[99], bytes[100]], [1000, 255, 100]);
});

test("A mapped file is opened by its name, with the size it was made with", () => {
  using folder = tempFolder();
  const name = `Local\\${uniqueName("file")}`;
  const file = folder.file("data.bin");
  using memory = SharedMemory.create({ name, file, size: 5000 });
  using opened = SharedMemory.open({ name });
  assertEquals(opened.size, 5000);
  opened.bytes[4999] = 1;
  opened.flush();
  assertEquals(memory.bytes[4999], 1);
  using again = SharedMemory.create({ name, file });
  assertEquals([again.existed, again.size, again.bytes[4999]], [true, 5000, 1]);
  assertThrows(() => SharedMemory.create({ name, file, size: 6000 }), RangeError, "cannot grow");
});

test("A file URL is taken, with what is escaped in it", () => {
  using folder = tempFolder();
  const file = folder.file("with space ä#.bin");
  Deno.writeFileSync(file, numbers(3));
  const url = new URL(
    `file:///${file.replaceAll("\\", "/").replace(" ", "%20").replace("#", "%23")}`,
  );
  using memory = SharedMemory.create({ file: url });
  assertEquals([...memory.bytes], [0, 1, 2]);
});

for (
  const [url, path] of [
    ["file:///C:/a%20b/c.bin", "C:\\a b\\c.bin"],
    ["file:///c:/100%/%C3%A4%23", "c:\\100%\\ä#"],
    ["file://server/share/a%20b", "\\\\server\\share\\a b"],
  ]
) {
  test(`The path of ${url} is ${path}`, () => {
    assertEquals(filePath(new URL(url)), path);
  });
}

test("A file is mapped to be read without the right to write it, and not written", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(5000));
  // While this is open nobody can open the file to write it.
  using _reader = openShared(file, FILE_SHARE_READ);
  assertThrows(() => SharedMemory.create({ file }), Deno.errors.Busy, "data.bin");
  for (const access of ["read", "copyOnWrite"] as const) {
    using memory = SharedMemory.create({ file, access });
    assertEquals([memory.size, memory.bytes[4999]], [5000, 4999 % 251]);
    if (memory.access === "copyOnWrite") (memory.bytes as Uint8Array)[0] = 99;
    memory.flush();
    using view = memory.view({ offset: 4998 });
    assertEquals(view.bytes.length, 2);
  }
  assertEquals(Deno.readFileSync(file)[0], 0);
});

test("A file is only made larger with access readWrite", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(100));
  for (const access of ["read", "copyOnWrite"] as const) {
    assertThrows(
      () => SharedMemory.create({ file, size: 101, access }),
      RangeError,
      "has 100 bytes, and 101 were asked for",
    );
  }
  assertEquals(Deno.statSync(file).size, 100);
});

test("A file that is missing is NotFound, and is not made to be read", () => {
  using folder = tempFolder();
  for (
    const options of [{}, { size: 8, access: "read" }, { size: 8, access: "copyOnWrite" }] as const
  ) {
    const error = assertThrows(
      () => SharedMemory.create({ file: folder.file("none.bin"), ...options }),
      Deno.errors.NotFound,
      "none.bin",
    );
    assertInstanceOf(error.cause, Win32Error);
    assertEquals(error.cause.operation, "CreateFileW");
  }
  assertThrows(
    () => SharedMemory.create({ file: folder.file("none\\data.bin"), size: 8 }),
    Deno.errors.NotFound,
  );
});

test("An empty file cannot be mapped without a size", () => {
  using folder = tempFolder();
  const file = folder.file("empty.bin");
  Deno.writeFileSync(file, new Uint8Array());
  assertThrows(() => SharedMemory.create({ file }), RangeError, "is empty");
  assertThrows(() => SharedMemory.create({ file, access: "read" }), RangeError, "is empty");
  using memory = SharedMemory.create({ file, size: 1 });
  assertEquals(memory.bytes.length, 1);
});

test("A file that is too large for the disk is a clear error", () => {
  using folder = tempFolder();
  const file = folder.file("huge.bin");
  const error = assertThrows(() => SharedMemory.create({ file, size: 2 ** 52 }), Win32Error);
  assertEquals(error.operation, "CreateFileMappingW");
  assert(error.message.includes("huge.bin"), error.message);
});

test("A file that another has opened and does not share is Busy", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(8));
  using _unshared = openShared(file, 0);
  const error = assertThrows(() => SharedMemory.create({ file }), Deno.errors.Busy, "data.bin");
  assertInstanceOf(error.cause, Win32Error);
  assertEquals(error.cause.symbol, "ERROR_SHARING_VIOLATION");
});

test("Other programs may open a file while it is mapped", () => {
  using folder = tempFolder();
  const file = folder.file("data.bin");
  using memory = SharedMemory.create({ file, size: 8 });
  memory.bytes[0] = 1;
  memory.flush();
  using other = Deno.openSync(file, { read: true, write: true });
  const bytes = new Uint8Array(8);
  assertEquals([other.readSync(bytes), bytes[0]], [8, 1]);
});

test("A name that memory without a file has is refused for a file", () => {
  using folder = tempFolder();
  const name = `Local\\${uniqueName("memory")}`;
  using _memory = SharedMemory.create({ name, size: 8 });
  assertThrows(
    () => SharedMemory.create({ name, file: folder.file("data.bin"), size: 8 }),
    Deno.errors.AlreadyExists,
    "without a file",
  );
});

test("SharedMemory.create() refuses what is no file, and reserve for one", () => {
  assertThrows(() => SharedMemory.create({ file: "" }), TypeError, "empty");
  assertThrows(() => SharedMemory.create({ file: "a\0b", size: 8 }), TypeError, "NUL");
  assertThrows(() => SharedMemory.create({ file: new URL("http://a/b") }), TypeError, "file: URL");
  assertThrows(() => SharedMemory.create({ file: 7 as unknown as string }), TypeError, "path");
  assertThrows(
    () => SharedMemory.create({ file: "a", size: 8, reserve: true }),
    TypeError,
    "without a file",
  );
});

test("SharedMemory.create() says that a folder is no file", () => {
  using folder = tempFolder();
  const path = folder.file("");
  for (const file of [path, path.slice(0, -1), "."]) {
    for (const access of ["readWrite", "read"] as const) {
      const error = assertThrows(
        () => SharedMemory.create({ file, size: 8, access }),
        Deno.errors.IsADirectory,
        "it is a folder, and only a file can be mapped",
      );
      assertInstanceOf(error.cause, Win32Error);
      assertEquals(error.cause.symbol, "ERROR_ACCESS_DENIED");
      assert(!error.message.includes('access "read"'), error.message);
    }
  }
});

test("SharedMemory.create() says that a device is no file, and closes it", () => {
  const path = uniqueName("pipe");
  using listener = listenNamedPipe({ path });
  for (const file of ["NUL", "nul", "CON", listener.path]) {
    for (const access of ["readWrite", "read"] as const) {
      assertThrows(
        () => SharedMemory.create({ file, size: 8, access }),
        TypeError,
        `"${file}" is a device, such as NUL or a pipe: only a file can be mapped`,
      );
    }
  }
});

test("A file that fails to be mapped is closed", () => {
  using folder = tempFolder();
  const name = `Local\\${uniqueName("memory")}`;
  using _memory = SharedMemory.create({ name, size: 8 });
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(8));
  assertThrows(
    () => SharedMemory.create({ name, file, exclusive: true }),
    Deno.errors.AlreadyExists,
  );
  assertThrows(() => SharedMemory.create({ name, file, size: 2 ** 20 }), RangeError);
  // Opened without sharing, which fails while anything has it open.
  openShared(file, 0).close();
});

test("A file is mapped only with Deno's permissions for it", async () => {
  using folder = tempFolder();
  using elsewhere = tempFolder();
  const file = folder.file("data.bin");
  Deno.writeFileSync(file, numbers(100));
  const map = async (access: "read" | "readWrite", ...permissions: string[]) => {
    await using process = runDeno(new URL("./file_permission_program.ts", import.meta.url), {
      args: [file, access],
      permissions: ["--allow-ffi", ...permissions],
    });
    return await process.readLine();
  };
  const mapped = "mapped 100";
  const refused = (name: string) =>
    `NotCapable: Cannot open file "${file}" to map it: this needs ${name} access to it, by --allow-${name}`;
  assertEquals(await map("read"), refused("read"));
  assertEquals(await map("read", `--allow-read=${elsewhere.file("data.bin")}`), refused("read"));
  assertEquals(await map("read", "--allow-read", `--deny-read=${file}`), refused("read"));
  assertEquals(await map("read", `--allow-read=${file}`), mapped);
  assertEquals(await map("readWrite", "--allow-read"), refused("write"));
  assertEquals(await map("readWrite", `--allow-read=${file}`, `--allow-write=${file}`), mapped);
});
