/** What a run with a variance for each coordinate measures, keeps and hands on. */
import { describe, expect, it } from "vitest";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { sampleBlock } from "../../../src/model/sample-block.js";
import { derivedSeed } from "../../../src/theory/certificate/seed.js";
import { runCertificateUnits } from "../../../src/theory/certificate/unit-task.js";
import { coordinateErrorSums } from "../../../src/theory/coordinate-errors.js";
import { denoisingErrorRows } from "../../../src/theory/denoising-errors.js";
import { computed } from "../../support/computed.js";
import { recorded, schedule, seed, unknown } from "../../support/wired-runs.js";

describe("a run that samples with a variance for each coordinate", () => {
  const sampling = { ...unknown.sampling, sampler: "analytic-diagonal" } as const;

  it("has a grid of its own, measures an error for each step and coordinate, and keeps them", async () => {
    const { pool, prepared, result } = await recorded({ ...unknown, sampling });
    const [curve, errors] = pool.setupsOf(coordinateErrorSums.kept);
    expect([curve, errors].map((setup) => setup.seed)).toEqual([
      derivedSeed(seed, "grid"),
      derivedSeed(seed, "errors"),
    ]);
    for (const { clean } of [curve, errors]) expect(clean).toEqual({ points: prepared.points, dimension: 2 });
    const [{ input }] = pool.callsOf(sampleBlock);
    if (input.grid.kind !== "user") throw new Error("a certified grid is kept time by time");
    expect(input.grid).toMatchObject({ tunedFor: "analytic-diagonal" });
    expect(input.grid.errors).toHaveLength(6 * 2);
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect([...(setup.grid.errors ?? [])]).toEqual(input.grid.errors);
    expect(setup.sampler).toBe("analytic-diagonal");
    expect(computed(computed(result.dataLaw).kl).sampler).toBe("analytic-diagonal");
    const coded = pool.setupsOf(denoisingErrorRows.kept).filter(({ weights }) => weights);
    expect(coded.map((each) => each.seed)).toEqual([derivedSeed(seed, "bound"), derivedSeed(seed, "law")]);
    const [first, second] = input.grid.errors ?? [];
    const levels = levelsOf(createSchedule(schedule), setup.grid);
    const width = Math.exp(levels[1].logSnr) - Math.exp(levels[0].logSnr);
    expect([...(coded[0].weights ?? [])].slice(0, 2)).toEqual([1 / (1 + width * first), 1 / (1 + width * second)]);
  });

  it("is refused where its config has other errors, before it trains; certified on errors of its own where its sampler is another", async () => {
    const times = [3, 1, 0.3, 0.02];
    const grid = { kind: "user", times, errors: [1, 0.5, 0.1] } as const;
    await expect(recorded({ ...unknown, sampling: { ...sampling, grid } })).rejects.toThrow(
      "config.sampling.grid.errors must have 3 x 2 entries for sampler analytic-diagonal, one for each step and coordinate, or be absent, got 3",
    );
    const many = { ...grid, errors: Array.from({ length: 9 }, () => 0.1) };
    await expect(recorded({ ...unknown, sampling: { ...sampling, sampler: "analytic", grid: many } })).rejects.toThrow(
      "config.sampling.grid.errors must have 3 or 3 x 2 entries for sampler analytic, one for each step and coordinate, or be absent, got 9",
    );
    const certificate = { paths: 40, empiricalPaths: 16, sampler: "analytic-diagonal" } as const;
    const { pool } = await recorded({ ...unknown, sampling: { ...sampling, sampler: "analytic", grid }, certificate });
    expect(pool.callsOf(sampleBlock)[0].input.grid).toMatchObject({ errors: [1, 0.5, 0.1] });
    const [setup] = pool.setupsOf(runCertificateUnits.kept);
    expect(setup.grid.errors).toHaveLength(6);
  });
});
