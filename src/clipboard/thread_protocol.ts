// What a thread and its agent in the pump, which has the window, say to each other.

/**
 * Which of several formats is wanted: one of the first group, of these the one that comes first on
 * the clipboard; if there is none, one of the next group.
 */
export type Wanted = readonly (readonly number[])[];

/** The formats on the clipboard that satisfy a wish, the best one first. */
export function candidates(wanted: Wanted, formats: readonly number[]): readonly number[] {
  return wanted.flatMap((group) => formats.filter((format) => group.includes(format)));
}

export type ClipboardRequest =
  | { readonly type: "read"; readonly wanted: readonly Wanted[]; readonly maxBytes: number }
  | {
    readonly type: "write";
    readonly id: number;
    readonly items: readonly ClipboardItem[];
    /** How long a reader is kept waiting for a promised format, in milliseconds. */
    readonly renderTimeout: number;
  }
  /** Puts promised formats on the clipboard that nobody has asked for. */
  | { readonly type: "fulfil"; readonly id: number; readonly items: readonly ClipboardItem[] }
  /** Empties the clipboard, or only if what is on it is still the write with this number. */
  | { readonly type: "clear"; readonly onlyIf?: number }
  | { readonly type: "listen"; readonly on: boolean };

/** A format, with its data or without if it is promised. */
export interface ClipboardItem {
  readonly format: number;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** What a read has found, all at the same moment. */
export interface ClipboardPicture {
  readonly sequence: number;
  readonly formats: readonly number[];
  /** What was wanted and is there, or its size if that is more than was allowed. */
  readonly data: ReadonlyMap<number, Uint8Array<ArrayBuffer> | number>;
}

/** The answer to a request. What has failed is thrown. */
export type ClipboardAnswer =
  | { readonly type: "picture"; readonly picture: ClipboardPicture }
  /** Whether the request has been carried out, and the sequence number then. */
  | { readonly type: "done"; readonly done: boolean; readonly sequence: number }
  /** Another window has the clipboard open. */
  | { readonly type: "busy" }
  /** The request had been withdrawn. */
  | { readonly type: "withdrawn" };

/** A request that can be withdrawn as long as nobody has begun it. */
export interface WithdrawableRequest {
  readonly request: ClipboardRequest;
  /** One word, of `BEGIN`: who sets it first decides whether the request is carried out. */
  readonly begin: Int32Array;
}

/** Values of a request's word. */
export const BEGIN = { waiting: 0, begun: 1, withdrawn: 2 } as const;

export type ClipboardEvent =
  /** Windows tells that the clipboard has changed. */
  | { readonly type: "update"; readonly sequence: number; readonly isOwn: boolean }
  /** The write is not on the clipboard any more. */
  | { readonly type: "replaced"; readonly id: number };

/** Asks for a promised format, which a program waits for. */
export interface RenderQuestion {
  readonly id: number;
  readonly format: number;
}
