/** How the server moves, as plain data: `kind` is the optimizer's name. */
export type ServerOptimizerSpec =
  | { readonly kind: "fedavg"; readonly learningRate: number }
  | { readonly kind: "fedavgm"; readonly learningRate: number; readonly momentum: number }
  | {
      readonly kind: "fedadam";
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      /** Added to the root of the second moment: the largest step is about learningRate / epsilon times the update. */
      readonly epsilon: number;
    };

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
  step(step: ServerStep): void;
}

/** One file per optimizer, plus one line in the index. */
export interface ServerOptimizerFamily<Spec extends ServerOptimizerSpec> {
  readonly source: string;
  /** @throws ArgumentError naming what is out of range, as `${argument}.learningRate`. */
  create(argument: string, spec: Spec): ServerOptimizer;
}

/** In (0, infinity). */
export const isPositive = (value: number): boolean => value > 0;

/** In [0, 1). */
export const isDecay = (value: number): boolean => value >= 0 && value < 1;
