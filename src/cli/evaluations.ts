/** How many evaluations a sample takes; undefined where its sampler takes steps of its own. */
export function evaluationsInWords(evaluations: number | undefined): string {
  return evaluations === undefined ? "an adaptive number of" : `${evaluations}`;
}
