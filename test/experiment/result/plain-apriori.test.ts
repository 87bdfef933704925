import { expect, it } from "vitest";
import { aprioriResult } from "../../../src/experiment/result/apriori-schema.js";
import { plainApriori } from "../../../src/experiment/result/plain-apriori.js";
import { aprioriReport } from "../../../src/theory/apriori/apriori-bound.js";
import { aprioriInput, masked, withProbe } from "../../support/apriori-run.js";

it("is what result.json allows and JSON keeps, for a run with a bound", () => {
  const plain = plainApriori(aprioriReport(aprioriInput));
  expect(plain.value).toBeGreaterThan(0);
  expect(aprioriResult.parse(JSON.parse(JSON.stringify(plain)))).toEqual(plain);
});

it("has null for what was measured as NaN or Infinity", () => {
  const smoothness = { hessian: Number.NaN, pruned: 1, local: null, consecutive: Number.POSITIVE_INFINITY };
  const probes = withProbe(1, {
    loss: Number.NaN,
    gradientSquared: Number.POSITIVE_INFINITY,
    smoothness,
    masked: { ...masked, gradientVariance: Number.NaN },
  });
  const irreducible = { value: Number.NaN, how: "Monte Carlo" };
  const plain = plainApriori(aprioriReport({ ...aprioriInput, probes, irreducible }));
  expect(aprioriResult.parse(JSON.parse(JSON.stringify(plain)))).toEqual(plain);
  const { gradient } = plain;
  expect(plain).toMatchObject({ value: null, polyakLojasiewicz: null, irreducible: { value: null } });
  expect(gradient).toMatchObject({ value: null, measured: null });
  expect(gradient.constants).toMatchObject({ smoothness: { value: null }, gradientVariance: { value: null } });
  expect(gradient.perProbe[1]).toMatchObject({
    loss: null,
    smoothness: { hessian: null, pruned: 1, consecutive: null },
  });
});
