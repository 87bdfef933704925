import { describe, expect, it } from "vitest";
import { type Engine, Purpose } from "../../../src/kernels/index.js";
import { normals, uniforms } from "../../../src/kernels/random.js";
import { binomialUpperEnd } from "../../../src/theory/interval/binomial-end.js";
import { blockCells } from "../../../src/theory/interval/block-cells.js";
import { highEnd } from "../../../src/theory/interval/high-end.js";
import { lowEnd } from "../../../src/theory/interval/low-end.js";
import { binomialLimits } from "../../support/binomial.js";
import { simdEngine } from "../../support/engines.js";

const engine: Engine = await simdEngine();

/** Exact log ratios of N(0, 1) to N(shift, 1) on rows of both: U = V = V_c, as if K were infinite. */
function rowsOf(seed: number, count: number, shift: number) {
  const z = normals(engine, 2 * count, { seed, purpose: Purpose.probe });
  const ratio = (x: number) => shift * shift * 0.5 - shift * x;
  const u = Float64Array.from({ length: count }, (_, row) => ratio(z[row]));
  const v = Float64Array.from({ length: count }, (_, row) => ratio(z[count + row] + shift));
  const coins = Float64Array.from(uniforms(engine, count, { seed, purpose: Purpose.probe, client: 1 }));
  return { law: { u, factors: new Float64Array(count).fill(1) }, sampler: { u: v, conditional: v, coins } };
}

describe("ends of the interval", () => {
  it("miss the KL of two Gaussians no more often than they say, and are near it", () => {
    const [seeds, rows, error] = [400, 512, 0.05];
    for (const shift of [0.3, 1.5]) {
      const kl = shift ** 2 / 2;
      let [above, below, sumLow, sumHigh] = [0, 0, 0, 0];
      for (let seed = 1; seed <= seeds; seed++) {
        const { law, sampler } = rowsOf(seed, rows, shift);
        const [low, high] = [lowEnd(law, sampler, 64, error), highEnd(law, sampler, error)];
        if (low.end > kl) above++;
        if (high.end < kl) below++;
        sumLow += low.estimate / seeds;
        sumHigh += high.estimate / seeds;
      }
      const [, most] = binomialLimits(seeds, error, 1e-3);
      expect(above, `low, ${shift}`).toBeLessThanOrEqual(most);
      expect(below, `high, ${shift}`).toBeLessThanOrEqual(most);
      // The estimates' own spread over 400 seeds, and what cutting f loses.
      expect(sumHigh, `high, ${shift}`).toBeCloseTo(kl, 1);
      expect(sumLow, `low, ${shift}`).toBeLessThan(kl + 0.02);
      expect(sumLow, `low, ${shift}`).toBeGreaterThan(0.6 * kl);
    }
  });

  it("say nothing of equal laws but the price of their rows", () => {
    const { law, sampler } = rowsOf(1, 1024, 0);
    const high = highEnd(law, sampler, 0.05);
    expect(high).toMatchObject({ estimate: 0, stray: { value: 0 } });
    // The p with (1 - p)^1024 = 0.025.
    expect(high.end).toBeCloseTo(-Math.expm1(Math.log(0.025) / 1024), 12);
    expect(lowEnd(law, sampler, 128, 0.05)).toEqual({ estimate: 0, end: 0 });
  });

  it("count all of a sampler that misses the law as stray", () => {
    const { law, sampler } = rowsOf(2, 256, 0);
    const lost = new Float64Array(256).fill(-900);
    const high = highEnd(law, { ...sampler, u: lost, conditional: lost }, 0.05);
    expect(high).toMatchObject({ estimate: 1, stray: { value: 1, upper: 1 } });
  });
});

describe("binomial end", () => {
  it("is the probability that leaves the counted hits or fewer their error", () => {
    expect(binomialUpperEnd(0, 100, 0.05)).toBeCloseTo(-Math.expm1(Math.log(0.05) / 100), 12);
    expect(binomialUpperEnd(7, 7, 0.05)).toBe(1);
    // Clopper and Pearson's table: 2 of 10, 97.5 %.
    expect(binomialUpperEnd(2, 10, 0.025)).toBeCloseTo(0.5561, 4);
  });
});

describe("cells of a block", () => {
  it("are each in every block, and their factors give the law back", () => {
    for (const weights of [
      [1],
      [0.999, 0.001],
      [0.25, 0.75],
      new Array<number>(32).fill(1 / 32),
      [0.9, 0.05, 0.03, 0.02],
    ]) {
      const found = blockCells({ weights });
      if (!found) throw new Error("few cells have a place each");
      weights.forEach((weight, cell) => {
        const sum = found.factors.reduce((total, factor, row) => total + (found.cells[row] === cell ? factor : 0), 0);
        expect(sum / 64).toBeCloseTo(weight, 12);
      });
      expect(Math.max(...found.factors)).toBeLessThanOrEqual(2);
    }
    expect(blockCells(undefined)).toBeUndefined();
    expect(blockCells({ weights: new Array<number>(33).fill(1 / 33) })).toBeUndefined();
  });
});
