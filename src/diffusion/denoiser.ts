import { FedscoreError } from "../errors.js";
import type { Engine, Pointer } from "../kernels/index.js";
import type { NoiseLevel } from "./schedule.js";

/**
 * E[X_0 | X_t = x] or an approximation of it: what samplers and certificates need of a network or of an exact target.
 * The score is (alpha denoised - x) / sigma^2.
 */
export interface Denoiser {
  readonly dimension: number;
  /** Binds the denoiser to an engine; called inside an arena scope, whose scratch lives as long as the session. */
  open(engine: Engine, maxBatch: number): DenoiserSession;
}

/** A denoiser in the memory of one engine, until its arena scope ends. */
export interface DenoiserSession {
  /** Writes denoised, float32 [batch, dimension], for x, float32 [batch, dimension], all at one noise level. x != denoised. */
  denoise(x: Pointer, batch: number, level: NoiseLevel, denoised: Pointer): void;
  /**
   * Writes, beside denoised, the Jacobian-vector products J tangents, float32 [batch, dimension] each, J the Jacobian of a
   * row's denoised point with respect to the row: (alpha / sigma^2) Cov(X_0 | X_t = x) where the denoiser is exact. No two of
   * the four may overlap. Absent: not known, and what needs it says so.
   */
  jvp?(x: Pointer, tangents: Pointer, batch: number, level: NoiseLevel, denoised: Pointer, products: Pointer): void;
  /**
   * Told by `sample` before rows are denoised: the number of the sample that the first of them is, the others follow. For denoisers
   * that tell samples apart, as by classes.
   */
  begin?(sample: number): void;
}

/** A session with Jacobian-vector products. */
export interface DifferentiableSession extends DenoiserSession {
  jvp: NonNullable<DenoiserSession["jvp"]>;
}

/**
 * The session itself.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where it has no Jacobian-vector products; `user` is what needs them.
 */
export function requireJvp(session: DenoiserSession, user: string): DifferentiableSession {
  if (hasJvp(session)) return session;
  const message = `${user} needs Jacobian-vector products of the denoiser, and its session has no jvp()`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { user });
}

function hasJvp(session: DenoiserSession): session is DifferentiableSession {
  return session.jvp !== undefined;
}
