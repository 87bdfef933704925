import type { Theorem } from "./theorem.js";

export const chenRate: Theorem = {
  id: "chen-rate",
  title: "Rate for Lipschitz scores",
  statement:
    "TV(q_0, p_theta) <= C (sqrt(KL(q_0 || N(0, I))) e^-T + (L sqrt(d h) + L m_2 h) sqrt(T) + eps_score sqrt(T))",
  assumptions: [
    "the score is L-Lipschitz at all times",
    "E|X_0|^2 = m_2^2 finite (the paper asks for slightly more than the second moment)",
    "score error at most eps_score in L2, uniform steps h",
  ],
  explicitConstants: false,
  source: "Chen et al., arXiv 2209.11215, theorem 2",
  status: "from the literature",
  notes:
    "Total variation, and a Lipschitz constant that is unknown for real data: named for its Girsanov argument, not evaluated.",
};
