import type { Theorem } from "./theorem.js";

export const submission9547: Theorem = {
  id: "submission-9547",
  title: "Generation error of distributed diffusion models",
  statement:
    "KL(q_delta || p_theta) bounded by terms linear in d for the sampler and by the gradient bound of pruned federated training for the score",
  assumptions: ["those of the two lines of work it joins: benton-rate and zhou-rate"],
  explicitConstants: false,
  source: "d-Linear Generation Error Bound for Distributed Diffusion Models, ICLR 2025 submission 9547",
  status: "disputed",
  notes:
    "A public reviewer disputed how its theta_0 term decays in the number of rounds. Nothing in this project rests on it: pruned-training, score-error and whole-bound are proved anew, without such a term.",
};
