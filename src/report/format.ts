/** Numbers as people read them: no locale, the same in every environment. */

/** How numbers are set. */
export interface Notation {
  readonly minus: string;
  /** Between a number and its unit. */
  readonly space: string;
  readonly notANumber: string;
  readonly infinity: string;
  /** Sizes below it, but for 0, are written with a power of ten, as are those from 1e6 on. */
  readonly least: number;
  readonly integer: (size: number) => string;
  readonly power: (mantissa: string, exponent: number) => string;
}

/** On a page. */
export const typographic: Notation = {
  minus: "\u2212",
  space: "\u202f",
  notANumber: "not a number",
  infinity: "∞",
  least: 1e-4,
  integer: grouped,
  power: (mantissa, exponent) => `${mantissa} × 10${superscript(exponent)}`,
};

/** In a terminal, where numbers are copied and searched. */
export const plain: Notation = {
  minus: "-",
  space: " ",
  notANumber: "NaN",
  infinity: "Infinity",
  least: 1e-3,
  integer: String,
  power: (mantissa, exponent) => `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`,
};

/** Four significant digits by default; integers whole; powers of ten from 1e6 on and for small sizes. */
export function formatNumber(value: number, digits = 4, notation = typographic): string {
  if (Number.isNaN(value)) return notation.notANumber;
  const sign = value < 0 ? notation.minus : "";
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return sign + notation.infinity;
  if (Number.isInteger(size) && size < 1e6) return sign + notation.integer(size);
  if (size < 1e6 && size >= notation.least)
    return sign + size.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1));
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return sign + notation.power(mantissa, Number(exponent));
}

/** A number that somebody has set: its own digits. */
export function formatGiven(value: number, notation = typographic): string {
  const [mantissa] = value.toExponential().split("e");
  return formatNumber(value, mantissa.replace(/\D/g, "").length, notation);
}

function superscript(value: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return (value < 0 ? "⁻" : "") + [...String(Math.abs(value))].map((digit) => digits[Number(digit)]).join("");
}

/** A number beside an axis: as short as it can be. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return formatNumber(value, 2);
  return String(Number(value.toPrecision(3))).replace("-", typographic.minus);
}

/** 12,345 */
export function formatInteger(value: number): string {
  return grouped(Math.round(value)).replace("-", typographic.minus);
}

function grouped(integer: number): string {
  return String(integer).replace(/\B(?=(\d{3})+$)/g, ",");
}

function scaled(value: number, units: readonly string[], { minus, space }: Notation): string {
  let step = 0;
  while (Math.abs(value) >= 999.5 && step + 1 < units.length) {
    value /= 1000;
    step++;
  }
  const text =
    step === 0 || Math.abs(value) >= 99.95 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return `${text.replace("-", minus)}${space}${units[step]}`;
}

/** 1.23 MB, in powers of 1000. */
export function formatBytes(bytes: number): string {
  return bytesIn(typographic, bytes);
}

/** The same in a notation. */
export function bytesIn(notation: Notation, bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB"], notation);
}

/** 4.56 GFLOP, in powers of 1000. */
export function formatFlops(flops: number): string {
  return flopsIn(typographic, flops);
}

/** The same in a notation. */
export function flopsIn(notation: Notation, flops: number): string {
  return scaled(flops, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"], notation);
}

/** 0.42 s, 12.3 s, 2 min 5 s, 1 h 2 min. */
export function formatSeconds(seconds: number): string {
  return secondsIn(typographic, seconds);
}

/** The same in a notation. */
export function secondsIn({ space }: Notation, seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))}${space}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${space}min ${whole % 60}${space}s`;
  return `${Math.floor(whole / 3600)}${space}h ${Math.floor((whole % 3600) / 60)}${space}min`;
}

/** 1/4 where the ratio is one over a whole number, else three digits. */
export function formatRatio(ratio: number): string {
  const inverse = Math.round(1 / ratio);
  if (ratio === 1) return "1";
  return Math.abs(ratio * inverse - 1) < 1e-9 ? `1/${inverse}` : String(Number(ratio.toPrecision(3)));
}

/** "95 %". */
export function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}

/** "2026-11-30 10:49 UTC" of a date as in ISO 8601. */
export function formatDate(date: string): string {
  return `${date.slice(0, 16).replace("T", " ")} UTC`;
}

/** One word in the singular or plural, with its count: 1 round, 2 rounds. */
export function plural(count: number, word: string): string {
  return `${formatInteger(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** "Node 20.19.0", or another runtime by its own name. */
export function runtime({ node, runtime }: { readonly node?: string; readonly runtime?: string | undefined }): string {
  return runtime ?? `Node ${node}`;
}
