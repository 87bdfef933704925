import { expect, it } from "vitest";
import { boundsOf } from "../../src/report/compare/bounds.js";
import { reportResult } from "../support/report-input.js";
import { reportLaw } from "../support/report-law.js";
import { reportTheory } from "../support/report-theory.js";

const { certificate } = reportTheory();
const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
const lowerBound = {
  ...{ theorem: "lower-bound", value: 0.02, estimate: 0.03, confidence: 0.95, method: "a projection" },
  ...{ unit: "nats" as const, bitsPerDimension: 0.01, rows: { choice: 50, evaluation: 50 }, assumptions: [] },
};

it("has the lower bound and the certificate where the law is known", () => {
  expect(boundsOf({ label: "a", result: reportResult({ certificate, lowerBound }) })).toEqual({
    ...{ label: "a", lower: 0.02, certificate: certificate.upper },
  });
});

it("leaves out the certificate against training rows, and what could not be computed", () => {
  const rows = reportResult({ certificate, dataLaw: reportLaw() });
  expect(boundsOf({ label: "a", result: rows })).toEqual({ label: "a" });
  const none = reportResult({ certificate: failed, lowerBound: failed, klInterval: failed });
  expect(boundsOf({ label: "a", result: none })).toEqual({ label: "a" });
});
