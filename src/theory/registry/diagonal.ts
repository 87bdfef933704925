import type { Theorem } from "./theorem.js";

export const diagonal: Theorem = {
  id: "diagonal",
  title: "Certificate of steps with a variance for each coordinate",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + sum_k [ D_k/2 sum_j E(x0hat* - x0hat_theta)_j^2(X_k) / (1 + lambda_kj) + 1/2 integral over [snr_k, snr_{k+1}] of E|x0lin(X_u; X_k) - x0hat*(X_u)|^2 d(snr_u) ], D_k = snr_{k+1} - snr_k, x0lin the estimate of X_0 from X_u that is best where X_0 given X_k is Gaussian with mean x0hat*(X_k) and variances lambda_kj / D_k",
  assumptions: [
    "X_t = alpha X_0 + sigma Z with E|X_0|^2 finite",
    "each step has the mean of q(x_s | x_t, x_0 = x0hat_theta(x_t)) and 1 + lambda_kj times its variance in coordinate j, on the grid's noise levels",
    "lambda_kj >= 0 was fixed before the paths were drawn; x0hat* is the exact posterior mean of the data law",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2h: chain rule of KL with I-MMSE; the best lambda is that of Bao et al., arXiv 2201.06503, theorem 1, in each coordinate, with the error of arXiv 2206.07309",
  status: "proved here",
  notes:
    "With lambda_kj = D_k E|X_0 - x0hat_theta|_j^2 it is never above that of isotropic steps; equal where all coordinates err alike. 0 for Gaussian laws with independent coordinates and their exact denoisers.",
};
