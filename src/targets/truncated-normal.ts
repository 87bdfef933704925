import type { Engine } from "../kernels/index.js";

/** What N(x, sigma^2) has on an interval: log of its mass, and the mean of what lies there. */
export interface IntervalMoments {
  readonly logMass: number;
  readonly mean: number;
}

const root2 = Math.SQRT2;
const rootTwoPi = Math.sqrt(2 * Math.PI);

/**
 * Moments of N(x, sigma^2) on [low, high], to about 1e-13 relative, however far out: e^(-D^2 / 2), D the distance of x to the interval in
 * units of sigma, is taken out of both mass and mean, and what is left has no underflow and no cancellation of tails.
 */
export function intervalMoments(engine: Engine, x: number, sigma: number, low: number, high: number): IntervalMoments {
  // By symmetry the interval lies to the right of x, or around it.
  if (x > high) {
    const mirrored = intervalMoments(engine, -x, sigma, -high, -low);
    return { logMass: mirrored.logMass, mean: -mirrored.mean };
  }
  const { mathErf, mathErfcx, mathExp, mathLog } = engine.kernels;
  const a = (low - x) / sigma;
  const b = (high - x) / sigma;
  const inside = a <= 0;
  const distance = inside ? 0 : a;
  // e^(-b^2 / 2) relative to e^(-D^2 / 2), and the same of a.
  const atHigh = mathExp(-0.5 * (b - distance) * (b + distance));
  const atLow = inside ? mathExp(-0.5 * a * a) : 1;
  const mass = inside
    ? 0.5 * (mathErf(b / root2) - mathErf(a / root2))
    : 0.5 * (mathErfcx(a / root2) - atHigh * mathErfcx(b / root2));
  const mean = x + (sigma * (atLow - atHigh)) / (rootTwoPi * mass);
  return {
    logMass: mathLog(mass) - 0.5 * distance * distance,
    mean: Math.min(Math.max(mean, low), high),
  };
}
