/** A line of a result. */

const bounds = {
  ">=": (value, bound) => value >= bound,
  "<=": (value, bound) => value <= bound,
};

/**
 * @param target "ratio >= 1.6" or "value <= 60": which field has to keep which bound; absent where a row only informs.
 * @param ratio of the peer's best time to our best one (above 1: we are faster), or what the name says.
 */
export function row({ name, value, unit, peer, peerValue, ratio, target, ...more }) {
  const line = { name, value, unit, peer, peerValue, ratio, target, ...more };
  if (target === undefined) return line;
  const [field, relation, bound] = target.split(" ");
  return { ...line, met: bounds[relation](line[field], Number(bound)) };
}

/** A row that could not be measured here, and why. */
export function skipped(name, target, reason) {
  return { name, target, skipped: reason };
}

/** A row from a contest: ours first, then the result to compare with; `value` turns seconds into the unit. */
export function against(name, unit, value, ours, peer, target, more = {}) {
  return row({
    name,
    value: value(ours.best),
    unit,
    peer: peer.entry.label,
    peerValue: value(peer.best),
    ratio: peer.ratio,
    target,
    median: value(ours.median),
    peerMedian: value(peer.median),
    spread: ours.spread,
    ...more,
  });
}

/**
 * Of a product whose `rate` turns seconds into GFLOP/s. The peak's piece of work is one operation: its ratio is that of the seconds of
 * one operation and of our whole product.
 */
export function shareOfPeak(name, rate, ours, roof, target) {
  return row({
    name: `${name}: share of the FMA peak`,
    value: rate(ours.best),
    unit: "GFLOP/s",
    peer: roof.entry.label,
    peerValue: 1 / roof.best / 1e9,
    ratio: roof.ratio * rate(1) * 1e9,
    target,
    spread: ours.spread,
  });
}

/**
 * Rows against a native library with several sets of kernels: each set has its own target, and what the library chooses by itself is
 * judged as the set that is as fast.
 * @param results of one contest: those of ids that start with "pytorch" are meant, "pytorch" is its own choice.
 */
export function judgedAsKernels(name, unit, value, ours, results, targets) {
  const found = results.filter(({ entry }) => entry.id.startsWith("pytorch"));
  if (found.length === 0) {
    return Object.entries(targets).map(([id, target]) => skipped(`${name}, ${id}`, target, "no Python with PyTorch"));
  }
  const ownChoice = found.find(({ entry }) => entry.id === "pytorch");
  const others = found.filter((result) => result !== ownChoice);
  const distance = (result) => Math.abs(Math.log(result.best / ownChoice.best));
  const nearest = others.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  return [
    ...others.map((result) =>
      against(`${name}, ${result.entry.id}`, unit, value, ours, result, targets[result.entry.id]),
    ),
    against(`${name}, pytorch`, unit, value, ours, ownChoice, targets[nearest.entry.id], {
      note: `as fast as ${nearest.entry.label}, so the same target`,
    }),
  ];
}
