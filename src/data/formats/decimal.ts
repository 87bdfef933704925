const [plus, minus, fullStop, zero, nine, upperE, lowerE, space, tab] = [
  0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65, 0x20, 0x09,
];
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const grammar = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The float64 nearest to the decimal number in ASCII bytes [begin, end), spaces around it allowed; NaN where there is none. `point`
 * is the byte before the fraction.
 * Up to 15 digits and a power of ten up to 22 are exact integers in float64, so that one division or product rounds
 * correctly (Clinger 1990, "How to read floating point numbers accurately"); anything longer goes through Number.
 */
export function parseDecimal(bytes: Uint8Array, begin: number, end: number, point = fullStop): number {
  let at = begin;
  let stop = end;
  while (at < stop && (bytes[at] === space || bytes[at] === tab)) at++;
  while (at < stop && (bytes[stop - 1] === space || bytes[stop - 1] === tab)) stop--;
  const start = at;
  const negative = bytes[at] === minus;
  if (negative || bytes[at] === plus) at++;
  let mantissa = 0;
  let digits = 0;
  let fraction = 0;
  let seen = false;
  let afterPoint = false;
  for (; at < stop; at++) {
    const byte = bytes[at];
    if (byte >= zero && byte <= nine) {
      seen = true;
      mantissa = mantissa * 10 + (byte - zero);
      if (mantissa > 0) digits++;
      if (afterPoint) fraction++;
    } else if (byte === point && !afterPoint) {
      afterPoint = true;
    } else break;
  }
  if (!seen) return Number.NaN;
  let exponent = 0;
  if (at < stop) {
    if (bytes[at] !== lowerE && bytes[at] !== upperE) return Number.NaN;
    exponent = parseExponent(bytes, at + 1, stop);
  }
  const scale = exponent - fraction;
  if (digits > 15 || !(scale >= -22 && scale <= 22)) return parseSlowly(bytes, start, stop, point);
  const magnitude = scale < 0 ? mantissa / powersOfTen[-scale] : mantissa * powersOfTen[scale];
  return negative ? -magnitude : magnitude;
}

/** NaN where the bytes are not a signed integer. */
function parseExponent(bytes: Uint8Array, begin: number, stop: number): number {
  const signed = bytes[begin] === minus || bytes[begin] === plus;
  let at = signed ? begin + 1 : begin;
  if (at >= stop) return Number.NaN;
  let exponent = 0;
  for (; at < stop; at++) {
    const byte = bytes[at];
    if (byte < zero || byte > nine) return Number.NaN;
    exponent = exponent * 10 + (byte - zero);
  }
  return bytes[begin] === minus ? -exponent : exponent;
}

function parseSlowly(bytes: Uint8Array, begin: number, stop: number, point: number): number {
  const text = new TextDecoder().decode(bytes.subarray(begin, stop).map((byte) => (byte === point ? fullStop : byte)));
  return grammar.test(text) ? Number(text) : Number.NaN;
}
