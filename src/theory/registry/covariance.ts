import type { Theorem } from "./theorem.js";

export const covariance: Theorem = {
  id: "covariance",
  title: "Certificate of steps of any covariance",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + sum_k [ D_k/2 E e^T G^-1 e + E KL(N(0, C) || N(0, G)) + 1/2 E log det C - 1/2 integral over [snr_k, snr_{k+1}] of mmse(snr) d(snr) ](X_k), D_k = snr_{k+1} - snr_k, e = x0hat* - x0hat_theta, C = I + D_k Cov(X_0 | X_k)",
  assumptions: [
    "X_t = alpha X_0 + sigma Z with E|X_0|^2 finite",
    "each step has the mean of q(x_s | x_t, x_0 = x0hat_theta(x_t)) and its variance times a positive definite matrix G(x_t), on the grid's noise levels",
    "x0hat* is the exact posterior mean of the data law; its Jacobian is (alpha / sigma^2) Cov(X_0 | X_t)",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2k: chain rule of KL with I-MMSE (Guo, Shamai, Verdu, IEEE Trans. Inf. Theory 51, 2005, theorem 1); covariances of the reverse step: Bao et al., arXiv 2206.07309, arXiv 2605.22723",
  status: "proved here",
  notes:
    "G may be wrong, clipped or a network's: what that costs is the second term. With G = C the bound falls like N^-2 for smooth posteriors and is 0 for Gaussian laws; with any other G like N^-1. The cost of a step with G = C obeys the quadrangle inequality, so a dynamic program finds the best grid.",
};
