import { type Engine, portableMath } from "../../kernels/index.js";

type Coefficients = readonly number[];

/** Coefficients of numerator and denominator, the highest power first: near the middle, in the tails, and far out. */
const middle: readonly [Coefficients, Coefficients] = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
];
const tails: readonly [Coefficients, Coefficients] = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
];
const far: readonly [Coefficients, Coefficients] = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
];

/** The number that a standard normal draw stays below with `probability` in (0, 1), to 16 digits (Wichura, algorithm AS 241, Appl. Statist. 37, 1988). */
export function normalQuantile(engine: Engine, probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(middle, 0.180625 - q * q);
  const r = Math.sqrt(-portableMath(engine).log(q < 0 ? probability : 1 - probability));
  return Math.sign(q) * (r <= 5 ? ratio(tails, r - 1.6) : ratio(far, r - 5));
}

function ratio([numerator, denominator]: readonly [Coefficients, Coefficients], at: number): number {
  const value = (coefficients: Coefficients) => coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);
  return value(numerator) / value(denominator);
}
