// Figures as text, three digits of them at most: the rest is noise.

/** `64 B`, `4 KiB`, `1 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes >= 2 ** 20) return `${bytes / 2 ** 20} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

/** Microseconds: `0.25 µs`, `92.1 µs`, `12.3 ms`. */
export function formatTime(microseconds: number): string {
  return microseconds < 1000
    ? `${digits(microseconds)} µs`
    : microseconds < 1e6
    ? `${digits(microseconds / 1000)} ms`
    : `${digits(microseconds / 1e6)} s`;
}

/** Megabytes a second: `0.81 MB/s`, `767 MB/s`, `11.3 GB/s`. */
export function formatRate(megabytes: number): string {
  return megabytes < 1000 ? `${digits(megabytes)} MB/s` : `${digits(megabytes / 1000)} GB/s`;
}

/** `12,345`; with a fraction only where that is one of the first three digits. */
export function digits(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: value >= 100 ? 21 : 3 }).replace(
    /\.\d+$/,
    (fraction) => value >= 100 ? "" : fraction,
  );
}
