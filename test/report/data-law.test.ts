import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/index.js";
import { klWords, lawSentence, toldPoints } from "../../src/report/law-statements.js";
import { reportResult } from "../support/report-input.js";
import { reportLaw } from "../support/report-law.js";
import { reportTheory } from "../support/report-theory.js";

const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };

describe("what a report says of the law of its data", () => {
  it("is left out where the law is known", () => {
    expect(renderReport(reportResult())).not.toContain('<section id="data-law">');
  });

  it("draws the intervals and the curve, and has every number in a table", () => {
    const law = reportLaw();
    const page = renderReport(reportResult({ dataLaw: law }));
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    for (const id of ["law-intervals", "law-kl"]) expect(page).toContain(`id="${id}-title"`);
    const numbers = [
      ...[law.mmd.lower, law.mmd.upper, law.mmd.estimate, law.totalVariation.value, law.totalVariation.estimate],
      ...law.kl.points.flatMap(({ noise, steps, upper, information, entropyLower, crossEntropyUpper }) => [
        ...[noise, steps, upper, information, entropyLower, crossEntropyUpper],
      ]),
    ];
    for (const value of numbers) expect(page).toContain(`<data value="${value}"`);
    expect(page).toContain("1,001 rows can show");
  });

  it("says in one sentence what is certain of the law, what of the rows, and what is an estimate", () => {
    const law = reportLaw();
    const { certificate } = reportTheory();
    const sentence = lawSentence(reportResult({ dataLaw: law, certificate }));
    expect(sentence).toBe(
      "Certified of the law that the data were drawn from, against that of the samples: MMD between 0.02130 and 0.1578, total variation of at least 0.3114, KL of at most 133.5 nats at noise 0.02000, 0.9200 at noise 8 (ancestral sampling stopped there); of the empirical law of the training rows alone, KL of at most 0.2074 nats; every other number, the measured divergences among them, is an estimate.",
    );
    expect(renderReport(reportResult({ dataLaw: law, certificate }))).toContain(sentence);
    const none = lawSentence(reportResult({ dataLaw: { kl: failed, mmd: failed, totalVariation: failed } }));
    expect(none).toMatch(/samples: nothing; of the empirical law of the training rows nothing is certified/);
  });

  it("tells the end of the curve, and the least noise at which KL is below 1 nat, where there is one", () => {
    const { kl } = reportLaw();
    expect(toldPoints(kl).map(({ noise }) => noise)).toEqual([0.02, 8]);
    const loose = { ...kl, points: kl.points.map((point) => ({ ...point, upper: point.upper + 5 })) };
    expect(toldPoints(loose)).toEqual([loose.points[5]]);
    const tight = { ...kl, points: kl.points.map((point) => ({ ...point, upper: point.upper / 1000 })) };
    expect(klWords(tight, (value) => value.toFixed(2))).toBe("KL <= 0.13 nats at noise 0.02");
  });

  it.each(["kl", "mmd", "totalVariation"] as const)("goes on without %s, and says why", (part) => {
    const page = renderReport(reportResult({ dataLaw: { ...reportLaw(), [part]: failed } }));
    expect(page).toContain("not computed: made to fail");
    expect(page).toContain(`<code>dataLaw.${part}</code>`);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});
