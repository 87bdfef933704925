import type { Theorem } from "./theorem.js";

export const importanceWeights: Theorem = {
  id: "importance-weights",
  title: "Two-sided interval from the weights of paths",
  statement:
    "U_K = log q_delta(x) - log (1/K) sum_j w_j, w = N(x_0; 0, I) prod_k p_k(x_{k+1} | x_k) / r(path | x), K paths from r. With x ~ q_delta: KL(q_delta || p_theta) <= E U_K = B_K = E[U_K + min(e^-U_K, M) - 1] + E_P max(0, 1 - M e^V_c), falling in K. With x ~ p_theta, V its U_K over fresh paths, and every bounded f: KL(q_delta || p_theta) >= E f(U_K) - E e^f(V) + 1",
  assumptions: [
    "each step of the sampler is a Gaussian kernel p_k with a positive definite covariance, which may depend on the state",
    "q_delta has a density that can be evaluated, and can be drawn from; at every level of the grid where paths are resampled",
    "r, f and M do not depend on the rows that the means are taken over",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2i: importance weighted bounds (Burda, Grosse, Salakhutdinov, arXiv 1509.00519), the sampler's own path among them (Grosse, Ghahramani, Adams, arXiv 1511.02543), sequential Monte Carlo where paths are resampled (Del Moral, Feynman-Kac Formulae, 2004; Andrieu, Doucet, Holenstein, J. R. Stat. Soc. B 72, 2010), Donsker and Varadhan with a random witness",
  status: "proved here",
  notes:
    "With K = 1 and r the forward chain B_1 is the path KL of the discrete chain, for any schedule. No exact denoiser is needed. M e^V_c below 1 is stray mass: what the sampler draws where the law has next to nothing, which rows of the law never show. Where paths are resampled, the mean weight is the product of those of all drawings. A defensive sampler (1 - eps) p_theta + eps g has an upper end that assumes nothing of the rows, as log(q_delta / (eps g)) is bounded.",
};
