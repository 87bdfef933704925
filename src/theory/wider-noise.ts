/** d/2 (log(1 + lambda) - lambda / (1 + lambda)): what noise that is wider than the bridge's by 1 + lambda costs by itself, nats. */
export function spreadOf(lambda: number, dimension: number): number {
  return 0.5 * dimension * (Math.log1p(lambda) - lambda / (1 + lambda));
}

/** The same where each coordinate has its lambda. */
export function spreadOfCoordinates(lambda: Float64Array): number {
  return lambda.reduce((sum, each) => sum + spreadOf(each, 1), 0);
}

/** What a square of a coordinate counts under wider noise, 1 / (1 + lambda_j). */
export function narrowing(lambda: Float64Array): Float64Array {
  return lambda.map((each) => 1 / (1 + each));
}
