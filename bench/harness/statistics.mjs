/** Of numbers that other programs on the machine disturb: medians and quartiles. */

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);

/** { median, best, spread }: spread is the distance of the quartiles as a share of the median. */
export function summary(seconds) {
  const middle = median(seconds);
  return {
    median: middle,
    best: Math.min(...seconds),
    spread: (quantile(seconds, 0.75) - quantile(seconds, 0.25)) / middle,
  };
}
