import type { Theorem } from "./theorem.js";

export const wholeBound: Theorem = {
  id: "whole-bound",
  title: "A-priori bound of training and sampling together",
  statement:
    "mean_q KL(q_delta || p_{theta_q}), and E KL(q_delta || p_{theta_Q}) of the last network, <= initialization + score + discretization for the ancestral sampler, <= initialization + (sqrt(score) + sqrt(discretization))^2 for the exponential integrator, each term bounded by its own theorem",
  assumptions: ["those of initialization, pruned-training, worst-case-discretization, and score-error or last-iterate"],
  explicitConstants: true,
  source: "docs/theory.md, 3c",
  status: "proved here",
  notes:
    "Every term is at most linear in d when E|X_0|^2 and the loss are. With score-error of a round drawn uniformly, with last-iterate of the last one.",
};
