import type { Theorem } from "./theorem.js";

export const variational: Theorem = {
  id: "variational",
  title: "Variational bound on held-out data",
  statement:
    "E[-log p_theta(X_delta)] <= E KL(q(x_T | X_0) || N(0, I)) + 1/2 sum_k (snr_{k+1} - snr_k) E|X_0 - x0hat_theta(X_k)|^2 + (d/2) log(2 pi e sigma_delta^2), the last term the entropy of the reconstruction noise",
  assumptions: [
    "ancestral sampler; with the costs of their own steps analytic, jvp and full-covariance",
    "X_0 is drawn from held-out data that training never saw",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 2a; Kingma et al., Variational Diffusion Models, arXiv 2107.00630, section 3",
  status: "proved here",
  notes:
    "A bound on a log-likelihood in bits per dimension, not on KL: the entropy of the data law is unknown, so it says how good a model is relative to another.",
};
