import { finiteResult } from "../../data/finite.js";
import { requireInteger, requireNumber } from "../../errors.js";
import { weighting } from "../weighting.js";

/**
 * N (snr_{k+1} - snr_k) / 2: the weight of a step in the certificate. With the levels of a sampling grid the loss is F / d, where
 * F = 1/2 sum_k (snr_{k+1} - snr_k) E|X_0 - x0hat(X_k)|^2 in nats is the score term of the ancestral sampler's certificate plus what no
 * network can avoid; with other levels it is F of a grid of their cells.
 */
export const certificate = weighting({
  name: "certificate",
  source: "Kingma et al. 2021 (arXiv 2107.00630), eq. 13",
  weight: ({ snrWidth, levels }) => 0.5 * levels * snrWidth,
});

/** F in nats of a mean training loss under this weighting. */
export function certificateLoss(loss: number, dimension: number): number {
  requireNumber("loss", loss);
  requireInteger("dimension", dimension, 1);
  return finiteResult("loss", loss * dimension);
}
