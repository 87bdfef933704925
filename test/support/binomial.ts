/**
 * The counts that a binomial law leaves but for `error` of its probability, half of it on either side: [least, most]. A count beyond them refutes
 * `probability`, on whichever side of it the truth lies.
 */
export function binomialLimits(trials: number, probability: number, error: number): readonly [number, number] {
  const mass = new Float64Array(trials + 1);
  let log = trials * Math.log1p(-probability);
  for (let count = 0; count <= trials; count++) {
    mass[count] = Math.exp(log);
    log += Math.log((trials - count) / (count + 1)) + Math.log(probability / (1 - probability));
  }
  let [least, below] = [0, 0];
  while (below + mass[least] <= error / 2) below += mass[least++];
  let [most, above] = [trials, 0];
  while (above + mass[most] <= error / 2) above += mass[most--];
  return [least, most];
}
