import { analytic } from "./analytic.js";
import { ancestral } from "./ancestral.js";
import { bentonRate } from "./benton-rate.js";
import { changeOfVariables } from "./change-of-variables.js";
import { chenRate } from "./chen-rate.js";
import { covariance } from "./covariance.js";
import { dataProcessing } from "./data-processing.js";
import { diagonal } from "./diagonal.js";
import { eulerMaruyama } from "./euler-maruyama.js";
import { exponentialIntegrator } from "./exponential-integrator.js";
import { importanceWeights } from "./importance-weights.js";
import { initialization } from "./initialization.js";
import { lastIterate } from "./last-iterate.js";
import { mmd } from "./mmd.js";
import { optimalGrid } from "./optimal-grid.js";
import { prunedTraining } from "./pruned-training.js";
import { rowEntropy } from "./row-entropy.js";
import { scoreError } from "./score-error.js";
import { submission9547 } from "./submission-9547.js";
import type { Theorem } from "./theorem.js";
import { totalVariation } from "./total-variation.js";
import { upperEnd } from "./upper-end.js";
import { variational } from "./variational.js";
import { wholeBound } from "./whole-bound.js";
import { worstCaseDiscretization } from "./worst-case-discretization.js";
import { zhouRate } from "./zhou-rate.js";

export type { Theorem, TheoremStatus } from "./theorem.js";

/** Every bound by its id: what the code evaluates first, then what it only prints. */
export const theorems = {
  ancestral,
  analytic,
  diagonal,
  covariance,
  "exponential-integrator": exponentialIntegrator,
  "euler-maruyama": eulerMaruyama,
  "change-of-variables": changeOfVariables,
  initialization,
  variational,
  "upper-end": upperEnd,
  "optimal-grid": optimalGrid,
  "pruned-training": prunedTraining,
  "score-error": scoreError,
  "last-iterate": lastIterate,
  "worst-case-discretization": worstCaseDiscretization,
  "whole-bound": wholeBound,
  "data-processing": dataProcessing,
  "importance-weights": importanceWeights,
  "row-entropy": rowEntropy,
  mmd,
  "total-variation": totalVariation,
  "benton-rate": bentonRate,
  "chen-rate": chenRate,
  "zhou-rate": zhouRate,
  "submission-9547": submission9547,
} as const satisfies Record<string, Theorem>;

/** Ids of the theorems. */
export type TheoremId = keyof typeof theorems;
