/** Coefficients of the three intervals, numerators before denominators, the highest power first. */
const small = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const smallBelow = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const middle = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const middleBelow = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const large = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const largeBelow = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

const perRootPi = 1 / Math.sqrt(Math.PI);

/** exp(x^2) erfc(x) for x >= 0, to about 1e-15: Cody, Math. Comp. 23 (1969), as in his CALERF. */
export function scaledErfc(x: number): number {
  const square = x * x;
  if (x <= 0.46875) return Math.exp(square) * (1 - (x * valueAt(small, square)) / valueAt(smallBelow, square));
  if (x <= 4) return valueAt(middle, x) / valueAt(middleBelow, x);
  const inverse = 1 / square;
  return (perRootPi - (inverse * valueAt(large, inverse)) / valueAt(largeBelow, inverse)) / x;
}

/** log erfc(x), finite for every finite x. */
export function logErfc(x: number): number {
  if (x >= 0) return Math.log(scaledErfc(x)) - x * x;
  return Math.log(2 - scaledErfc(-x) * Math.exp(-x * x));
}

/** Probability that a standard normal number exceeds x. */
export function upperTail(x: number): number {
  const scaled = Math.abs(x) * Math.SQRT1_2;
  const beyond = 0.5 * scaledErfc(scaled) * Math.exp(-scaled * scaled);
  return x >= 0 ? beyond : 1 - beyond;
}

/** Probability of a standard normal number between two others, low <= high; narrow intervals lose no digits. */
export function normalMass(low: number, high: number): number {
  const width = high - low;
  const middleOf = 0.5 * (low + high);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (width * Math.max(1, largest) < 0.01) {
    const m = middleOf * middleOf;
    const w = (width * width) / 4;
    // Taylor series of the density about the middle, integrated: Hermite polynomials He_2 and He_4.
    const series = 1 + (w * (m - 1)) / 6 + (w * w * (m * m - 6 * m + 3)) / 120;
    return (width * Math.exp(-0.5 * m) * perRootPi * series) / Math.SQRT2;
  }
  if (low >= 0) return upperTail(low) - upperTail(high);
  if (high <= 0) return upperTail(-high) - upperTail(-low);
  return 1 - upperTail(-low) - upperTail(high);
}

function valueAt(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient);
}
