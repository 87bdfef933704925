import { describe, expect, it } from "vitest";
import { certificateText } from "../../src/cli/inspect/certificate.js";
import { inspectResult } from "../../src/cli/inspect/result.js";
import { reportResult } from "../support/report-input.js";
import { reportLaw } from "../support/report-law.js";
import { reportTheory } from "../support/report-theory.js";

describe("a certificate as text", () => {
  const { certificate } = reportTheory();

  it("has estimate and upper end of each term and of the whole in their columns", () => {
    const lines = certificateText({ certificate }).split("\n");
    const cells = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.split(/ {2,}/);
    expect(lines[1].trim().split(/ {2,}/)).toEqual(["estimate", "upper end, 95 %"]);
    expect(cells("initialization")).toEqual(["initialization", "0.002100", "0.002142"]);
    expect(cells("score")).toEqual(["score", "0.1310", "0.1336"]);
    expect(cells("discretization")).toEqual(["discretization", "0.06840", "0.06977"]);
    expect(cells("total")).toEqual(["total", "0.2015", "0.2074"]);
  });

  it("says of each assumption whether it holds, is assumed or fails", () => {
    const assumptions = [
      { statement: "first", met: true, evidence: "one" },
      { statement: "second", met: true, assumed: true as const, evidence: "two" },
      { statement: "third", met: false, evidence: "three" },
    ];
    const lines = certificateText({ certificate: { ...certificate, assumptions } }).split("\n");
    const words = assumptions.map(({ statement }) => lines.find((line) => line.includes(`${statement} (`))?.trim());
    expect(words).toEqual(["holds    first (one)", "assumed  second (two)", "FAILS    third (three)"]);
  });

  it("says why there is none", () => {
    expect(certificateText({ certificate: null, certificateNote: "ddim has no path KL" })).toBe(
      "no certificate: ddim has no path KL\n",
    );
  });
});

describe("facts of a result", () => {
  const { certificate, sandwich } = reportTheory();
  const lowerBound = {
    theorem: "data-processing",
    value: 0.021,
    estimate: 0.034,
    confidence: 0.9,
    unit: "nats" as const,
    bitsPerDimension: 0.015,
    method: "histogram on 16 boxes",
    rows: { choice: 100, evaluation: 100 },
    assumptions: [],
  };
  const facts = new Map(inspectResult(reportResult({ certificate, sandwich, lowerBound })));

  it("are those of the result, each under its name", () => {
    expect(facts.get("traffic")).toBe(
      "1.23 MB up, 7.65 MB down at 4 bytes a parameter; as encoded 1.23 MB up, 7.65 MB down",
    );
    expect(facts.get("training")).toBe("12 rounds in 12 s, loss 2.500 to 0.6667");
    expect(facts.get("data")).toBe("58 training and 100 held-out points in 2 dimensions");
    expect(facts.get("coverage")).toContain("at least 0 clients");
    expect(facts.get("coverage")).toContain("7 parameters were never covered");
    expect(facts.get("slicedWasserstein2")).toBe(
      "0.06210 data units (0.05000 to 0.07500); floor 0.03450, dense 0.04140",
    );
    expect(facts.get("clients")).toBe("4, keep ratios 1, 0.5000, 0.2500, 0.1250, pruning prefix");
  });

  it("have virtual time by cause and the rule of aggregation, where a run has them", () => {
    expect(facts.has("virtual time")).toBe(false);
    expect(facts.has("aggregation")).toBe(false);
    const plain = reportResult();
    const federation = { ...plain.config.federation, aggregation: { kind: "krum", attackers: 2 } as const };
    const times = { seconds: 12.5, download: 1, compute: 2.25, upload: 8, waiting: 1.25 };
    const found = new Map(
      inspectResult({ ...plain, config: { ...plain.config, federation }, devices: { ...times, classes: [] } }),
    );
    expect(found.get("virtual time")).toBe(
      "12.50 s; of the last client of each round download 1 s, compute 2.250 s, upload 8 s; waiting 1.250 s",
    );
    expect(found.get("aggregation")).toBe("krum, attackers 2");
  });

  it("have the ends of bounds, not their estimates", () => {
    expect(facts.get("lower bound")).toBe("KL >= 0.02100 nats at 90 %; histogram on 16 boxes");
    expect(facts.get("certificate")).toBe(
      "KL <= 0.2074 nats at 95 %; initialization 0.002100, score 0.1310, discretization 0.06840, confidence margin 0.005900",
    );
    expect(facts.get("estimate")).toBe("KL ~ 0.06000 nats (0.04100 to 0.08100), 5-NN KL");
    expect(facts.has("a-priori bound")).toBe(false);
  });

  it("say in two lines what rows certify of their law, and why where they do not", () => {
    const dataLaw = reportLaw();
    const lines = (law: Parameters<typeof reportResult>[0]) =>
      inspectResult(reportResult(law))
        .filter(([label]) => label === "data law")
        .map(([, text]) => text);
    expect(lines({ dataLaw })).toEqual([
      "MMD 0.02130 to 0.1578 at 95 %, total variation >= 0.3114 at 95 %, from that of the samples",
      "KL <= 133.5 nats at noise 0.02000, 0.9200 at noise 8, at 95 %",
    ]);
    const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
    expect(lines({ dataLaw: { ...dataLaw, mmd: failed, kl: failed } })).toEqual([
      "total variation >= 0.3114 at 95 %, from that of the samples",
      "KL not computed: made to fail",
      "MMD not computed: made to fail",
    ]);
    expect(lines({})).toEqual([]);
  });
});
