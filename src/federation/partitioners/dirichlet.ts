import { ArgumentError } from "../../errors.js";
import { member } from "../../family.js";
import { integer, number } from "../../fields.js";
import type { RandomStream } from "../../kernels/index.js";
import { type ClassRows, type DealtRows, type PartitionRequest, rowsByClass } from "./partitioner.js";

/**
 * Each class is shared out among the clients in Dirichlet proportions: with a concentration around 100 clients are alike,
 * around 0.1 most see few classes.
 */
export const dirichlet = member({
  kind: "dirichlet",
  source:
    "Label skew of Hsu et al. 2019 (arXiv 1909.06335) in the per-class form of Yurochkin et al. 2019 (arXiv 1905.12022), which deals every row once",
  text: "Each class is shared out by a Dirichlet draw; arXiv 1909.06335. Needs labels.",
  fields: {
    concentration: number("(0, inf)", 0.5, "Small: a client has few classes. Large: near iid."),
    minimumSamples: integer(
      "[0, inf)",
      1,
      "Fewest rows of a client. 0: the plain draw, which a run refuses where it leaves a client without rows.",
    ),
  },
  create({ concentration, minimumSamples }, request: PartitionRequest, random: RandomStream): DealtRows {
    const { count, clients } = request;
    if (minimumSamples * clients > count) {
      throw new ArgumentError(
        "partition.minimumSamples",
        `must not exceed ${count} rows / ${clients} clients`,
        minimumSamples,
      );
    }
    const dealt = Array.from({ length: clients }, (): number[] => []);
    const classes = rowsByClass("dirichlet", request);
    for (const { rows } of classes) {
      const shares = random.dirichlet(concentration, clients);
      random.shuffle(rows);
      let sum = 0;
      let next = 0;
      shares.forEach((share, client) => {
        sum += share;
        const end = client === clients - 1 ? rows.length : Math.min(Math.round(sum * rows.length), rows.length);
        for (; next < end; next++) dealt[client].push(rows[next]);
      });
    }
    repair(dealt, classes, minimumSamples);
    return dealt;
  },
});

/**
 * Fills clients below the minimum, in ascending order: each missing row is taken from the client that has most rows (the
 * first of equals), out of the class it has most rows of (the lowest of equals). The largest client is above the average,
 * so above the minimum, as long as one is below it.
 */
function repair(dealt: readonly number[][], classes: readonly ClassRows[], minimumSamples: number): void {
  const classOf = new Uint32Array(dealt.reduce((sum, rows) => sum + rows.length, 0));
  classes.forEach(({ rows }, index) => {
    for (const row of rows) classOf[row] = index;
  });
  for (const rows of dealt) {
    while (rows.length < minimumSamples) {
      const donor = dealt.reduce((largest, candidate) => (candidate.length > largest.length ? candidate : largest));
      const counts = new Uint32Array(classes.length);
      for (const row of donor) counts[classOf[row]]++;
      const commonest = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));
      rows.push(
        ...donor.splice(
          donor.findLastIndex((row) => classOf[row] === commonest),
          1,
        ),
      );
    }
  }
}
