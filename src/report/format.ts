/** Numbers as people read them: no locale, the same in every environment. */

const minus = "\u2212";
const thinSpace = "\u202f";

/** Four significant digits by default; powers of ten beyond 1e6 and below 1e-4. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${minus}∞`;
  if (value === 0) return "0";
  const sign = value < 0 ? minus : "";
  const size = Math.abs(value);
  if (Number.isInteger(size) && size < 1e6) return sign + formatInteger(size);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
    return `${sign}${mantissa} × 10${superscript(Number(exponent))}`;
  }
  return sign + size.toPrecision(digits);
}

function superscript(value: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return (value < 0 ? "⁻" : "") + [...String(Math.abs(value))].map((digit) => digits[Number(digit)]).join("");
}

/** A number beside an axis: as short as it can be. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return formatNumber(value, 2);
  return String(Number(value.toPrecision(3))).replace("-", minus);
}

/** 12,345 */
export function formatInteger(value: number): string {
  return String(Math.round(value))
    .replace(/\B(?=(\d{3})+$)/g, ",")
    .replace("-", minus);
}

function scaled(value: number, units: readonly string[]): string {
  let step = 0;
  while (Math.abs(value) >= 999.5 && step + 1 < units.length) {
    value /= 1000;
    step++;
  }
  const text =
    step === 0 || Math.abs(value) >= 99.95 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
  return `${text.replace("-", minus)}${thinSpace}${units[step]}`;
}

/** 1.23 MB, in powers of 1000. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** 4.56 GFLOP, in powers of 1000. */
export function formatFlops(flops: number): string {
  return scaled(flops, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"]);
}

/** 0.42 s, 12.3 s, 2 min 5 s, 1 h 2 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))}${thinSpace}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${thinSpace}min ${whole % 60}${thinSpace}s`;
  return `${Math.floor(whole / 3600)}${thinSpace}h ${Math.floor((whole % 3600) / 60)}${thinSpace}min`;
}

/** 1/4 where the ratio is one over a whole number, else three digits. */
export function formatRatio(ratio: number): string {
  const inverse = Math.round(1 / ratio);
  if (ratio === 1) return "1";
  return Math.abs(ratio * inverse - 1) < 1e-9 ? `1/${inverse}` : String(Number(ratio.toPrecision(3)));
}

/** One word in the singular or plural, with its count: 1 round, 2 rounds. */
export function plural(count: number, word: string): string {
  return `${formatInteger(count)} ${word}${count === 1 ? "" : "s"}`;
}
