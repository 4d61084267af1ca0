import { cpus } from "node:os";
import type { Machine } from "./data.ts";

/** The machine that this program runs on. */
export function thisMachine(): Machine {
  const processors = cpus();
  const wine = wineVersion();
  const windows = `Windows ${Deno.osRelease()}`;
  return {
    processor: processors[0]?.model.trim() || "unknown",
    processors: processors.length,
    system: wine === undefined ? windows : `Wine ${wine}, as ${windows}`,
    deno: Deno.version.deno,
  };
}

/** Only Wine's ntdll exports the function. */
function wineVersion(): string | undefined {
  const ntdll = Deno.dlopen("ntdll.dll", {
    // const char *wine_get_version(void)
    wine_get_version: { parameters: [], result: "pointer", optional: true },
  });
  try {
    const text = ntdll.symbols.wine_get_version?.() ?? null;
    return text === null ? undefined : Deno.UnsafePointerView.getCString(text);
  } finally {
    ntdll.close();
  }
}
