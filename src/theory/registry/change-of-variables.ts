import type { Theorem } from "./theorem.js";

export const changeOfVariables: Theorem = {
  id: "change-of-variables",
  title: "Certificate of deterministic samplers",
  statement:
    "KL(q_delta || p_theta) <= E_q[U + min(e^-U, M) - 1] + E_z[1 - 1{y comes back to z} min(1, M e^V)], U = log q_delta(y) - log p_b(y) at y ~ q_delta, V the same at y = F(z), p_b(F(z)) = N(z; 0, I) / |det DF(z)|, M = e^2; equality for a bijection F, for which KL = E_q U, also with unbiased estimates of log |det DF|",
  assumptions: [
    "samples are F(z), z ~ N(0, I), F the steps of a deterministic sampler in exact arithmetic, differentiable almost everywhere",
    "a preimage is found for almost every y of q_delta, as a function of y alone",
    "q_delta has a density in closed form",
    "where log |det DF| is estimated: the denoiser is exact, so that its Jacobian is symmetric with eigenvalues in a known range",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2j: area formula, with a control variate (e^-U has mean 1) whose tail is measured on the sampler's side; determinants estimated as in Chen et al., arXiv 1906.02735",
  status: "proved here",
  notes:
    "No path is compared: the bound is the KL itself for a bijection, which DDIM is with every exact denoiser. A fold makes it loose, a part of q_delta without a preimage infinite.",
};
