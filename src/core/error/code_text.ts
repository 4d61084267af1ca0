import {
  FORMAT_MESSAGE_FROM_HMODULE,
  FORMAT_MESSAGE_FROM_SYSTEM,
  FORMAT_MESSAGE_IGNORE_INSERTS,
  kernel32,
  LOAD_LIBRARY_AS_DATAFILE,
  LOAD_LIBRARY_SEARCH_SYSTEM32,
} from "../../win32/kernel32.ts";
import { decodeWide, encodeWide } from "../text/wide_string.ts";

// How an error code is put into words: its name in the headers, its number, and its text.

const LANGUAGE_ENGLISH_US = 0x409;
const LANGUAGE_SYSTEM_DEFAULT = 0;

/** The names of a module of constants, by number. */
export function symbolsOf(codes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(codes).map(([symbol, code]) => [code, symbol]));
}

/** A code as the headers write HRESULT and NTSTATUS values: `0x80070005`. */
export function hexadecimal(code: number): string {
  return `0x${code.toString(16).toUpperCase()}`;
}

/**
 * The system's text for a Win32 code, an RPC_STATUS or an HRESULT, made to stand inside a sentence;
 * `undefined` if the system has none, and off Windows.
 */
export function systemText(code: number): string | undefined {
  return clause(FORMAT_MESSAGE_FROM_SYSTEM, null, code);
}

/** The same from the message table of a DLL of Windows, which need not exist. */
export function moduleText(file: string, code: number): string | undefined {
  const module = messageModule(file);
  return module === null ? undefined : clause(FORMAT_MESSAGE_FROM_HMODULE, module, code);
}

/** The DLLs that have been asked for a text. They stay loaded, as data: nothing in them runs. */
const modules = new Map<string, Deno.PointerValue>();

function messageModule(file: string): Deno.PointerValue {
  if (Deno.build.os !== "windows") return null;
  let module = modules.get(file);
  if (module === undefined) {
    const flags = LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_SEARCH_SYSTEM32;
    module = kernel32().LoadLibraryExW(encodeWide(file), null, flags);
    modules.set(file, module);
  }
  return module;
}

function clause(source: number, module: Deno.PointerValue, code: number): string | undefined {
  const text = formatMessage(source, module, code, LANGUAGE_ENGLISH_US) ??
    formatMessage(source, module, code, LANGUAGE_SYSTEM_DEFAULT);
  if (text === undefined) return undefined;
  // ntdll.dll puts a title before many texts: "{Access Denied}".
  const sentence = text.replace(/^\{[^}]*\}/, "").replace(/\s+/g, " ").trim().replace(/\.$/, "");
  if (sentence === "") return undefined;
  // Lower the first letter of a word, not of an acronym or a name: "All pipes…", but "I/O…" and
  // "DNS…".
  return /^[A-Z][a-z]|^A /.test(sentence)
    ? sentence[0].toLowerCase() + sentence.slice(1)
    : sentence;
}

function formatMessage(
  source: number,
  module: Deno.PointerValue,
  code: number,
  language: number,
): string | undefined {
  if (Deno.build.os !== "windows") return undefined;
  const text = new Uint16Array(1024);
  const length = kernel32().FormatMessageW(
    source | FORMAT_MESSAGE_IGNORE_INSERTS,
    module,
    code,
    language,
    text,
    text.length,
    null,
  );
  return length === 0 ? undefined : decodeWide(text.subarray(0, length));
}
