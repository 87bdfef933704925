import { number } from "../../fields.js";

/** One server step. Vectors have one entry per parameter. */
export interface ServerStep {
  /** The server's parameters, moved in place. */
  readonly parameters: Float32Array;
  /** Weighted mean of the clients' updates: the pseudo-gradient, pointing downhill. */
  readonly update: Float64Array;
  /** Total weight of the clients that kept each parameter. Where it is 0, parameter and state keep their bits. */
  readonly weights: Float64Array;
  /** float64 [stateVectors, P]. */
  readonly state: readonly Float64Array[];
}

/** A rule that turns the averaged update into the server's move: only +, -, *, / and sqrt, so the same bits everywhere. */
export interface ServerOptimizer {
  /** Vectors of state, and the value each starts with. */
  readonly initialState: readonly number[];
  /** Moves parameters and state in place. */
  step(step: ServerStep): void;
}

/** A server optimizer of one's own, in place of a specification. */
export interface OwnServerOptimizer extends ServerOptimizer {
  /** In results and in the identity of a run: checkpoints of a rule of another name are refused. */
  readonly name: string;
}

export const serverRate = (value: number) => number("(0, inf)", value, "Server learning rate.");

/** Settings that the adaptive rules of Reddi et al. (arXiv 2003.00295, algorithm 2) share. */
export const adaptiveFields = {
  learningRate: serverRate(0.01),
  beta1: number("[0, 1)", 0.9, "Decay of the mean of updates."),
  epsilon: number("(0, inf)", 0.001, "Added to the root of the squares."),
};
