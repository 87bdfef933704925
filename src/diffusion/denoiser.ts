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
}
