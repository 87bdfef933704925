import type { Theorem } from "./theorem.js";

export const rowEntropy: Theorem = {
  id: "row-entropy",
  title: "KL of the data law from rows",
  statement:
    "KL(q_t || p_theta) = E_q[-log p_theta] - h(q_t) <= variational bound on held-out rows - h(qhat) + (1 + log n) sqrt(log(1/a) / (2 n)) with probability at least 1 - a, qhat the mixture of n independent noised rows: E h(qhat) <= h(q_t), and one row moves h(qhat) by at most (1 + log n) / n",
  assumptions: [
    "ancestral or analytic sampler, stopped at t",
    "rows are independent draws of the data law, of which training saw none of the held-out ones",
    "the condition of the upper end on coding costs",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 5a; McDiarmid, On the Method of Bounded Differences, Surveys in Combinatorics, 1989",
  status: "proved here",
  notes:
    "About the law of the data and not about its rows. At most log n nats of I(X_0; X_t) can be certified from n rows, whatever the method (McAllester, Stratos, arXiv 1811.04251), so it says little where the noise leaves more.",
};
