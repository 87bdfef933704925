import type { ExperimentResult } from "../../src/experiment/result/schema.js";

const assumption = (statement: string) => ({ statement, met: true, evidence: `how ${statement} was checked` });

/** What a result says of the law of data that are rows, each part present. */
export function reportLaw() {
  const noises = [30, 8, 2, 0.5, 0.1, 0.02];
  return {
    kl: {
      theorem: "row-entropy",
      unit: "nats" as const,
      sampler: "ancestral" as const,
      confidence: 0.95,
      points: noises.map((noise, index) => ({
        steps: 10 + 18 * index,
        logSnr: -2 * Math.log(noise),
        noise,
        crossEntropy: 80 - 20 * index,
        crossEntropyUpper: 81 - 20 * index,
        entropy: 79.9 - 21 * index - 0.001,
        entropyLower: 79.5 - 21 * index,
        information: 0.25 + index,
        upper: 0.4 + 0.13 * 4 ** index,
      })),
      rows: { coded: 1000, entropy: 1001 },
      draws: 16_384,
      assumptions: [assumption("rows are independent")],
    },
    mmd: {
      theorem: "mmd",
      lower: 0.0213,
      upper: 0.1578,
      estimate: 0.0642,
      confidence: 0.95,
      bandwidth: 1.5,
      rows: { data: 1000, samples: 1200 },
      assumptions: [assumption("rows are independent")],
    },
    totalVariation: {
      theorem: "total-variation",
      value: 0.3114,
      estimate: 0.3721,
      confidence: 0.95,
      method: "projection on coordinate 1, 8 cells",
      rows: { choice: 1100, evaluation: 1100 },
      assumptions: [assumption("rows are independent")],
    },
  } satisfies ExperimentResult["dataLaw"];
}
