import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { lazyLibrary } from "../../../src/win32/library.ts";
import { runDeno } from "../../util/deno_process.ts";
import { test } from "../../util/test.ts";

test("lazyLibrary() looks each function up when it is first used, once", () => {
  const found: string[] = [];
  const dlopen = Deno.dlopen;
  Deno.dlopen = ((file: string, symbols: Deno.ForeignLibraryInterface) => {
    found.push(...Object.keys(symbols));
    return dlopen(file, symbols);
  }) as typeof Deno.dlopen;
  try {
    const library = lazyLibrary("kernel32.dll", {
      // DWORD GetCurrentProcessId(void)
      GetCurrentProcessId: { parameters: [], result: "u32" },
      // DWORD GetVersion(void)
      GetVersion: { parameters: [], result: "u32" },
    });
    library();
    // Another test may have been the first to need GetLastError.
    assertEquals(found.filter((name) => name !== "GetLastError"), []);
    found.length = 0;
    assertEquals(library().GetCurrentProcessId(), Deno.pid);
    assertEquals(library().GetCurrentProcessId(), Deno.pid);
    assertStrictEquals(library(), library());
    assertEquals(found, ["GetCurrentProcessId"]);
  } finally {
    Deno.dlopen = dlopen;
  }
});

test("lazyLibrary() names the DLL and the function that are not there, at every call", () => {
  const missing = lazyLibrary("winipc_missing.dll", {
    Nothing: { parameters: [], result: "void" },
  });
  const { NotSupported } = Deno.errors;
  for (let call = 0; call < 2; call++) {
    assertThrows(() => missing().Nothing(), NotSupported, "Nothing of winipc_missing.dll");
  }
  const incomplete = lazyLibrary("kernel32.dll", {
    WinipcMissing: { parameters: [], result: "void" },
  });
  assertThrows(
    () => incomplete().WinipcMissing(),
    NotSupported,
    "WinipcMissing of kernel32.dll",
  );
});

test("lazyLibrary() gives null for an optional function that is not there", () => {
  const library = lazyLibrary("kernel32.dll", {
    WinipcMissing: { parameters: [], result: "void", optional: true },
  });
  assertStrictEquals(library().WinipcMissing, null);
});

test("the error of a process's very first call to Windows is not lost", async () => {
  await using process = runDeno(new URL("./first_call_program.ts", import.meta.url));
  await process.waitForLine("6");
  assertEquals((await process.status).code, 0);
});
