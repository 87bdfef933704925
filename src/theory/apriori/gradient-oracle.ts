/** The loss of one client as a measurement sees it, whatever computes it: a network on probes, or a quadratic of a test. */
export interface GradientOracle {
  /** Number of parameters. */
  readonly size: number;
  /** F_n and its gradient, float64 [size], at `parameters`. */
  exact(parameters: Float64Array): { readonly loss: number; readonly gradient: Float64Array };
  /** Stochastic gradient number `draw` at `parameters`, float64 [size]: the draws of local training come first, in their order. */
  sample(parameters: Float64Array, draw: number): Float64Array;
}
