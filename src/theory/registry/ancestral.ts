import type { Theorem } from "./theorem.js";

export const ancestral: Theorem = {
  id: "ancestral",
  title: "Certificate of the ancestral sampler",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + 1/2 sum_k (snr_{k+1} - snr_k) E|x0hat* - x0hat_theta|^2(X_k) + 1/2 sum_k integral over [snr_k, snr_{k+1}] of (mmse(snr_k) - mmse(snr)) d(snr)",
  assumptions: [
    "X_t = alpha X_0 + sigma Z with E|X_0|^2 finite",
    "each step draws from q(x_s | x_t, x_0 = x0hat_theta(x_t)), on the grid's noise levels",
    "x0hat* is the exact posterior mean of the data law",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2a: chain rule of KL with I-MMSE (Guo, Shamai, Verdu, IEEE Trans. Inf. Theory 51, 2005, theorem 1); the sum is the diffusion loss of Kingma et al., arXiv 2107.00630",
  status: "proved here",
  notes:
    "The only inequality is that the KL of the ends is at most the KL of the paths. For a perfect denoiser the true KL falls like N^-2 and this bound like N^-1; for a bad one it is nearly tight.",
};
