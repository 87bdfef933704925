/** Coefficients of a quotient of polynomials, the constant first. */
type Rational = readonly [numerator: readonly number[], denominator: readonly number[]];

const middle: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];
const tail: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const farTail: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

/**
 * The quantile function of the standard normal law for p in (0, 1), to about 16 digits: Wichura, "The percentage points of the normal
 * distribution", algorithm AS 241, 1988. Of +, -, *, / and sqrt alone, so it is the same on all engines.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * quotient(middle, 0.180625 - q * q);
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  const z = r <= 5 ? quotient(tail, r - 1.6) : quotient(farTail, r - 5);
  return q < 0 ? -z : z;
}

function quotient([numerator, denominator]: Rational, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

/** The natural logarithm of x in (0, 1): twice the series of artanh of (m - 1) / (m + 1), where x is m times a power of 2. */
function logarithm(x: number): number {
  let [m, halvings] = [x, 0];
  for (; m < 0.75; m *= 2) halvings++;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let power = 25; power > 0; power -= 2) sum = sum * s * s + 1 / power;
  return 2 * s * sum - halvings * Math.LN2;
}
