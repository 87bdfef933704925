/**
 * Numbers that the kernels and their callers must agree on. assembly/ imports this file too, so it holds what
 * AssemblyScript reads as TypeScript does: enums and constants.
 */

/** How log snr follows from time: see noiseLevels. */
export enum ScheduleCode {
  /** beta(t) = p0 + (p1 - p0) t. */
  vpLinear,
  /** alpha(t) = cos(pi t / 2). */
  vpCosine,
  /** alpha(t) = e^-t. */
  ou,
  /** alpha(t) = e^(-B/2), sigma(t) = 1 - e^-B with the integral B of the beta of vpLinear. */
  subVp,
  /** alpha = 1, sigma(t) = p0 (p1 / p0)^t. */
  ve,
  /** alpha = 1, sigma(t) = t. */
  edm,
  /** alpha(t)^2 a sigmoid from p0 to p1. */
  sigmoid,
  /** vpCosine with p0 added to log snr. */
  vpCosineShifted,
  /** alpha(t) = 1 - t, sigma(t) = t. */
  linearInterpolation,
}

/** What becomes of the sums of a dense layer. */
export enum Epilogue {
  none,
  silu,
  relu,
  /** The tanh approximation: PyTorch's approximate="tanh". */
  gelu,
  tanh,
  /** derivative *= sums: the backward pass through an activation. */
  backward,
  /** sums *= derivative: a tangent passes through an activation. */
  tangent,
}

/** Rows of its input that denseWeightGradient packs at once. */
export const depthBlock = 512;

/** Coefficients of a noise level: the columns before the noise features in a row of a level table. */
export enum LevelColumn {
  alpha,
  sigma,
  cIn,
  cSkip,
  cOut,
  targetData,
  targetNoise,
  weight,
}

/** How many LevelColumns there are. */
export const levelHeader = 8;
