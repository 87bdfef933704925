import { expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import { verdictOf } from "../../src/report/verdict.js";
import { reportResult } from "../support/report-input.js";
import { reportLaw } from "../support/report-law.js";
import { reportTheory } from "../support/report-theory.js";

const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
const theory = reportTheory();
const klInterval = {
  ...{ theorem: "importance", low: 0.05, high: 0.25, unit: "nats" as const, confidence: 0.95, bitsPerDimension: 0.18 },
  ...{ estimates: { low: 0.1, high: 0.2 }, k: 16, rows: { law: 100, sampler: 100 }, proposal: "tilted" as const },
  ...{ logWeightVariance: 1, stray: { value: 0, upper: 0.01 }, sampler: "ancestral", dimension: 2, assumptions: [] },
};
const measured =
  "; the samples measure 0.0621 data units from held-out data in Sliced Wasserstein-2, where fresh data measure 0.0345.";

it("says that nothing is certain, and why, where there is no bound", () => {
  const result = reportResult({ certificateNote: "the config asks for none" });
  expect(verdictOf(result)).toBe(
    `Nothing is certain of how far the samples are from the law of the data (the config asks for none)${measured}`,
  );
  expect(verdictOf(reportResult({ certificate: failed }))).toContain("(made to fail)");
});

it("has the certificate's upper end, and what makes up most of it", () => {
  const certificate = {
    ...theory.certificate,
    upper: 2,
    confidence: 0.9,
    terms: {
      initialization: { value: 0.1, upper: 0.1, meaning: "" },
      score: { value: 1.5, upper: 1.6, meaning: "" },
    },
  };
  expect(verdictOf(reportResult({ certificate }))).toBe(
    `With 90 % confidence the KL divergence from the law of the data to that of the samples is at most 2 nats, most of it from the trained score${measured}`,
  );
  const even = { ...certificate, terms: { score: { value: 0.9, upper: 1, meaning: "" } } };
  expect(verdictOf(reportResult({ certificate: even }))).toContain("is at most 2 nats; ");
  const { config } = reportResult();
  const classes = { ...config, network: { ...config.network, classes: 3 } };
  expect(verdictOf(reportResult({ certificate, config: classes }))).toContain(
    "to that of samples without a class is at most",
  );
});

it("has both ends where there are both", () => {
  const { certificate } = theory;
  const found = verdictOf(reportResult({ klInterval, certificate }));
  expect(found).toMatch(
    /lies between 0.0500 and 0.250 nats, and the certificate, which needs no normality, says at most 0.207;/,
  );
  expect(verdictOf(reportResult({ klInterval: failed, certificate }))).toContain("is at most");
});

it("of rows alone says what they certify, and not what is certain of the training rows", () => {
  const { mmd } = reportLaw();
  const found = verdictOf(reportResult({ certificate: theory.certificate, dataLaw: reportLaw() }));
  expect("lower" in mmd).toBe(true);
  expect(found).toMatch(
    /^With 95 % confidence the MMD of the samples’ law and the law that the data were drawn from lies between /,
  );
  const curve = verdictOf(reportResult({ dataLaw: { ...reportLaw(), mmd: failed } }));
  expect(curve).toContain("sampling that stops at noise");
  const none = { mmd: failed, kl: failed, totalVariation: failed };
  expect(verdictOf(reportResult({ dataLaw: none }))).toContain("Nothing is certain");
});

it("has what a classifier says in the place of a distance, and no distance where none was computed", () => {
  const around = (value: number) => ({ value, low: value, high: value });
  const judged = {
    classifier: { accuracy: around(0.9), features: 8, rows: 100 },
    scores: { conditionalAccuracy: { ...around(0.98123), better: "higher" as const, floor: around(0.99) } },
    histogram: failed,
  };
  expect(verdictOf(reportResult({ judged }))).toContain(
    "; a classifier finds the class that was asked for in 98.1 % of the samples, in held-out rows 99 %.",
  );
  expect(verdictOf(reportResult({ measured: {} }))).not.toContain(";");
});

it("says it where there are no samples", () => {
  expect(verdictOf(reportResult({ samples: failed }))).toBe(
    "The network is trained, but no samples could be drawn from it: made to fail.",
  );
});

it("is one sentence of a default run, too", () => {
  const config = parseConfig({ name: "ring", data: { kind: "ring" } });
  expect(verdictOf(reportResult({ config })).match(/\. /)).toBeNull();
});
