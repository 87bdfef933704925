import type { Theorem } from "./theorem.js";

export const analytic: Theorem = {
  id: "analytic",
  title: "Certificate of steps of any isotropic variance",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + sum_k [ D_k/2 E|x0hat* - x0hat_theta|^2(X_k) / (1 + lambda_k) + 1/2 (d log(1 + lambda_k) + (D_k mmse(snr_k) - d lambda_k) / (1 + lambda_k)) - 1/2 integral over [snr_k, snr_{k+1}] of mmse(snr) d(snr) ], D_k = snr_{k+1} - snr_k",
  assumptions: [
    "X_t = alpha X_0 + sigma Z with E|X_0|^2 finite",
    "each step has the mean of q(x_s | x_t, x_0 = x0hat_theta(x_t)) and 1 + lambda_k times its variance, on the grid's noise levels",
    "lambda_k >= 0 was fixed before the paths were drawn; x0hat* is the exact posterior mean of the data law",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2h: chain rule of KL with I-MMSE; the best lambda is that of Bao et al., arXiv 2201.06503, theorem 1, and arXiv 2206.07309, theorem 1",
  status: "proved here",
  notes:
    "With lambda_k = D_k E|X_0 - x0hat_theta|^2 / d it is never above the ancestral certificate; with 0 it is that one. 0 for isotropic Gaussian laws and their exact denoisers.",
};
