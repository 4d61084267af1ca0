import type { EncodedFormat } from "./encode_data.ts";
import type { ClipboardItem } from "./thread_protocol.ts";

/** The formats of a write that are only promised, on the thread that can make them. */
export class PromisedData {
  readonly #formats: ReadonlyMap<number, EncodedFormat>;
  readonly #onError: (error: unknown) => void;

  constructor(formats: readonly EncodedFormat[], onError: (error: unknown) => void) {
    this.#formats = new Map(formats.map((format) => [format.format, format]));
    this.#onError = onError;
  }

  /** Makes a format; nothing if it cannot be made. */
  async render(format: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.#formats.get(format)?.encode();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Makes all formats, as when the program ends: what cannot be made is left out. */
  async renderAll(): Promise<ClipboardItem[]> {
    const items = [...this.#formats.keys()].map(async (format) => ({
      format,
      bytes: await this.render(format),
    }));
    return (await Promise.all(items)).filter(({ bytes }) => bytes !== undefined);
  }

  /** Makes what can be made at once, when there is no time left. */
  renderNow(): ClipboardItem[] {
    const items: ClipboardItem[] = [];
    for (const [format, encoded] of this.#formats) {
      try {
        const bytes = encoded.encodeNow();
        if (bytes !== undefined) items.push({ format, bytes });
      } catch (error) {
        this.#onError(error);
      }
    }
    return items;
  }
}
