/** Least-squares slope of log y on log x. */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const [mu, mv] = [mean(u), mean(v)];
  const covariance = mean(u.map((value, i) => (value - mu) * (v[i] - mv)));
  return covariance / mean(u.map((value) => (value - mu) ** 2));
}
