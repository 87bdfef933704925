import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { type GradientReport, gradientReport } from "../../../src/theory/apriori/gradient-report.js";
import type { RunFacts } from "../../../src/theory/apriori/measured-constants.js";
import type { RoundProbe } from "../../../src/theory/apriori/round-fold.js";
import type { RunKind } from "../../../src/theory/apriori/run-kind.js";
import { assigned, facts, kind, leastLoss, masked, probes, withProbe } from "../../support/apriori-run.js";
import { anyNumber } from "../../support/hostile-numbers.js";
import { anyProbes } from "../../support/hostile-probes.js";

interface Change {
  readonly probes?: readonly RoundProbe[];
  readonly facts?: Partial<RunFacts>;
  readonly kind?: Partial<RunKind>;
}

const infimum = { value: 0.5, how: "closed form" };
const report = (change: Change = {}) =>
  gradientReport(change.probes ?? probes, { ...facts, infimum, ...change.facts }, { ...kind, ...change.kind });

function expectNoNumber({ value, vacuous, terms }: GradientReport, reason: RegExp): void {
  expect(value).toBeNull();
  expect(vacuous).toMatch(reason);
  for (const term of Object.values(terms)) expect(term.value).toBeNull();
}

describe("report on the gradients of training", () => {
  it("has a value, the sum of its terms, where every condition is met", () => {
    const { value, vacuous, terms, conditions } = report();
    expect(conditions.filter(({ met }) => !met)).toEqual([]);
    expect(vacuous).toBeUndefined();
    expect(value).toBeCloseTo(
      Object.values(terms).reduce((sum, term) => sum + (term.value ?? Number.NaN), 0),
      12,
    );
  });

  it.each([
    ["just above the least loss", leastLoss * (1 + 1e-12)],
    ["between the least loss and F_0", 2],
    ["above F_0", 80],
  ])("has neither value nor terms where F* lies %s", (_, value) => {
    expectNoNumber(report({ facts: { infimum: { value, how: "closed form" } } }), /infimum|F\* <= every measured loss/);
  });

  it("names F*, the least loss and its round", () => {
    const { vacuous } = report({ facts: { infimum: { value: 2, how: "closed form" } } });
    expect(vacuous).toBe(
      "F* <= every measured loss: F* = 2.00000, closed form; least measured loss 1.20000, in round 9",
    );
  });

  it("has a value where F* is the least loss itself", () => {
    expect(report({ facts: { infimum: { value: leastLoss, how: "closed form" } } }).value).toBeGreaterThan(0);
  });

  const broken = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  it.each(["loss", "gradientSquared", "parameterNorm"] as const)("names %s of a probe that is not finite", (name) => {
    for (const value of broken) {
      const reason = new RegExp(`${name} = ${value} in round 4$`);
      expectNoNumber(report({ probes: withProbe(1, { [name]: value }) }), reason);
    }
  });

  it.each(["hessian", "pruned", "local", "consecutive"] as const)("names a quotient %s that is no quotient", (name) => {
    for (const value of [...broken, -1]) {
      const smoothness = { ...probes[1].smoothness, [name]: value };
      const reason = new RegExp(`smoothness\\.${name} = ${value} in round 4$`);
      expectNoNumber(report({ probes: withProbe(1, { smoothness }) }), reason);
    }
  });

  it.each(Object.keys(masked))("names %s of a round that is no square", (name) => {
    for (const value of [...broken, -0.5]) {
      const probes = withProbe(1, { masked: { ...masked, [name]: value } });
      expectNoNumber(report({ probes }), new RegExp(`${name} = ${value} in round 4$`));
    }
  });

  it.each([
    ["coverageMin", -1],
    ["coverageMin", 0],
    ["coverageMin", Number.NaN],
    ["coverageMin", 5],
    ["pruningNoise", -0.1],
    ["pruningNoise", Number.NaN],
    ["parameterNorm", -8],
    ["parameterNorm", Number.POSITIVE_INFINITY],
  ] as const)("names %s = %d of the coverage ledger", (name, value) => {
    expectNoNumber(report({ facts: { [name]: value } }), new RegExp(`${name} must .*, got ${value}$`));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("names an infimum of %d", (value) => {
    expectNoNumber(report({ facts: { infimum: { value, how: "?" } } }), /infimum must be finite/);
  });

  it("has no value where the sum of its terms is beyond every number", () => {
    const huge = { ...masked, heterogeneity: 1e308, uncovered: 1e308 };
    const change = { probes: probes.map((probe) => ({ ...probe, masked: probe.masked && huge })) };
    expectNoNumber(report(change), /the sum of the bound must be finite, got Infinity/);
  });

  it.each([
    ["learningRate", -0.01],
    ["learningRate", 0],
    ["learningRate", Number.NaN],
    ["localSteps", 0],
    ["localSteps", 2.5],
    ["rounds", 0],
    ["rounds", Number.POSITIVE_INFINITY],
    ["participants", 0],
    ["participants", -4],
  ] as const)("refuses %s = %d of the config", (name, value) => {
    expect(() => report({ facts: { [name]: value } })).toThrow(ArgumentError);
    expect(() => report({ facts: { [name]: value } })).toThrow(new RegExp(`^${name} must .*, got ${value}$`));
  });

  it("refuses probes without the start, or out of order", () => {
    expect(() => report({ probes: [] })).toThrow(/^probes must include the start/);
    expect(() => report({ probes: probes.slice(1) })).toThrow(/^probes must include the start/);
    expect(() => report({ probes: withProbe(2, { round: 4 }) })).toThrow(/^probes\[2\]\.round must be after 4, got 4$/);
  });
});

describe("training outside of the theorem", () => {
  const outside: [string, Change, RegExp][] = [
    ["another optimizer", { kind: { optimizer: "momentum" } }, /plain SGD: the local optimizer is momentum$/],
    ["another server", { kind: { server: "fedavgm" } }, /plain average.*: the server optimizer is fedavgm$/],
    ["uncovered parameters", { kind: { neverCovered: 3 } }, /3 parameters were never covered$/],
    ["an unknown number of them", { kind: { neverCovered: Number.NaN } }, /NaN parameters were never covered$/],
    ["a long step", { facts: { learningRate: 0.1 } }, /^eta T_l L <= 1\/2: eta T_l L = 1\.200/],
    [
      "clients with their own localSteps",
      { kind: { ownSteps: [2, 5].map((client) => ({ client, localSteps: 7 })) } },
      /^every client takes T_l local steps: T_l = 3, client 2 takes 7, client 5 takes 7$/,
    ],
    [
      "own localSteps that only a probe saw",
      {
        probes: withProbe(1, {
          assigned: { ...assigned, localSteps: { least: { client: 1, value: 1 }, most: { client: 0, value: 3 } } },
        }),
      },
      /T_l = 3, client 1 takes 1$/,
    ],
    [
      "weights that differ",
      {
        probes: withProbe(2, {
          assigned: { ...assigned, weight: { least: { client: 3, value: 50 }, most: { client: 1, value: 90 } } },
        }),
      },
      /^every update weighs the same: in round 8 client 3 weighs 50 and client 1 90$/,
    ],
    [
      "more clients than said",
      { probes: withProbe(0, { assigned: { ...assigned, clients: 40 } }) },
      /^no round has more than N clients: N = 4, round 0 has 40$/,
    ],
    [
      "dropped updates",
      { kind: { dropped: [{ round: 6, client: 2 }] } },
      /^every update enters the average of its round: client 2 was left out of round 6/,
    ],
    [
      "absent clients",
      { kind: { dropped: [{ round: 6, client: 2 }], absent: [{ round: 7, client: 1 }] } },
      /^every update enters the average of its round: client 2 was left out of round 6: [^;]+; client 1 gave no update in round 7: what that depends on is not known$/,
    ],
  ];

  it.each(outside)("%s: no value, and why", (_, change, reason) => {
    const { value, vacuous, terms } = report(change);
    expect(value).toBeNull();
    expect(vacuous).toMatch(reason);
    for (const term of Object.values(terms)) expect(term.value ?? Number.NaN).toBeGreaterThanOrEqual(0);
  });

  it("names each client once, and of many the first", () => {
    const ownSteps = Array.from({ length: 20 }, (_, client) => ({ client: client >> 1, localSteps: 1 }));
    expect(report({ kind: { ownSteps } }).vacuous).toMatch(/client 7 takes 1, and 2 more$/);
  });
});

describe("report of any numbers", () => {
  const hostileFacts = fc.record({
    learningRate: anyNumber(facts.learningRate),
    localSteps: anyNumber(facts.localSteps),
    rounds: anyNumber(facts.rounds),
    participants: anyNumber(facts.participants),
    coverageMin: anyNumber(facts.coverageMin),
    pruningNoise: anyNumber(facts.pruningNoise),
    parameterNorm: anyNumber(facts.parameterNorm),
    infimum: anyNumber(0.5).map((value) => ({ value, how: "any" })),
  });

  it("is an ArgumentError, null with a reason, or finite and not negative; null wherever F* lies above a loss", () => {
    const seen = { refused: 0, vacuous: 0, bounds: 0 };
    const check = (facts: RunFacts, probes: readonly RoundProbe[]) => {
      let result: GradientReport;
      try {
        result = gradientReport(probes, facts, kind);
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError);
        seen.refused++;
        return;
      }
      const { value, vacuous, terms, measured } = result;
      for (const term of Object.values(terms)) {
        for (const number of [term.value, term.measured])
          if (number !== null) expect(number).toSatisfy(Number.isFinite);
        expect(term.value ?? 0).toBeGreaterThanOrEqual(0);
      }
      if (measured !== null) expect(measured).toSatisfy(Number.isFinite);
      if (probes.some(({ loss }) => !(facts.infimum.value <= loss))) expect(value).toBeNull();
      if (value === null) {
        expect(vacuous).toBeTruthy();
        seen.vacuous++;
        return;
      }
      expect(vacuous).toBeUndefined();
      expect(value).toSatisfy(Number.isFinite);
      expect(value).toBeGreaterThanOrEqual(0);
      seen.bounds++;
    };
    fc.assert(
      fc.property(hostileFacts, anyProbes, (facts, probes) => check(facts, probes)),
      { numRuns: 3000 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(30);
  });
});
