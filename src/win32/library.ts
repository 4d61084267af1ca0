/** The functions of a library, as `Deno.dlopen()` types them. */
type Functions<Symbols extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<
  Symbols
>["symbols"];

/**
 * Opens a system DLL at its first use and keeps it for the life of the process.
 *
 * Each function is looked up when it is first used, as that costs half a millisecond, and a program
 * uses few of them.
 *
 * A bare file name is right for the DLLs of this folder: they are on Windows' list of known DLLs,
 * so the loader takes them from the system folder and never from the program's or the current one
 * ("Dynamic-link library search order").
 */
export function lazyLibrary<const Symbols extends Deno.ForeignLibraryInterface>(
  file: string,
  symbols: Symbols,
): () => Functions<Symbols> {
  let opened: Functions<Symbols> | undefined;
  return () => {
    if (opened !== undefined) return opened;
    if (Deno.build.os !== "windows") {
      throw new Deno.errors.NotSupported(
        `@winipc/winipc calls ${file}, which only Windows has, and this is ${Deno.build.os}: ` +
          "run the program with Deno for Windows",
      );
    }
    assertPermission();
    // Looking a function up overwrites the last error, so the function that fetches it is always
    // there first.
    getLastError ??= Deno.dlopen("kernel32.dll", GET_LAST_ERROR).symbols.GetLastError;
    return opened = lazyFunctions(file, symbols);
  };
}

/**
 * Fails with what is right, as Deno fails with an error for each library: in a list of libraries it
 * takes their names for files of the current folder, and a list does not cover pointers.
 */
function assertPermission(): void {
  let { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state === "prompt") ({ state } = Deno.permissions.requestSync({ name: "ffi" }));
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    "@winipc/winipc calls functions of Windows and passes them pointers: run the program with " +
      "--allow-ffi, without a list of libraries",
  );
}

const GET_LAST_ERROR = {
  // DWORD GetLastError(void)
  GetLastError: { parameters: [], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

let getLastError: Functions<typeof GET_LAST_ERROR>["GetLastError"] | undefined;

/** The calling thread's last error. Before the first call to any library there is none. */
export function GetLastError(): number {
  return getLastError?.() ?? 0;
}

function lazyFunctions<Symbols extends Deno.ForeignLibraryInterface>(
  file: string,
  symbols: Symbols,
): Functions<Symbols> {
  const functions = {};
  for (const [name, definition] of Object.entries(symbols)) {
    Object.defineProperty(functions, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = lookUp(file, name, definition);
        Object.defineProperty(functions, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return functions as Functions<Symbols>;
}

/** Looks up all functions of a library that this Windows has. */
export function loadFunctions(library: object): void {
  for (const name of Object.keys(library)) {
    try {
      Reflect.get(library, name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotSupported)) throw error;
    }
  }
}

function lookUp(file: string, name: string, definition: Deno.ForeignFunction | Deno.ForeignStatic) {
  try {
    return Deno.dlopen(file, { [name]: definition }).symbols[name];
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new Deno.errors.NotSupported(`This Windows has no ${name} of ${file}`, { cause });
  }
}
