import { expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.js";
import { splitDataset } from "../../src/data/split.js";
import { digest } from "../support/digest.js";
import { describeEngines } from "../support/engines.js";

const count = 103;
const dataset: Dataset = {
  points: Float32Array.from({ length: 2 * count }, (_, index) => index),
  dimension: 2,
  labels: Int32Array.from({ length: count }, (_, row) => row),
  imageShape: [1, 2],
};

describeEngines("splitDataset", (engineOf) => {
  it("puts every row with its label on exactly one side", () => {
    const { train, heldOut } = splitDataset(engineOf(), dataset, { heldOut: 0.2, seed: 4 });
    expect(heldOut.labels).toHaveLength(21);
    expect([...(train.labels ?? []), ...(heldOut.labels ?? [])].sort((a, b) => a - b)).toEqual([
      ...(dataset.labels ?? []),
    ]);
    for (const part of [train, heldOut]) {
      expect(part).toMatchObject({ dimension: 2, imageShape: [1, 2] });
      part.labels?.forEach((row, index) => {
        expect([...part.points.subarray(2 * index, 2 * index + 2)]).toEqual([2 * row, 2 * row + 1]);
      });
    }
  });

  it("is the same for a seed everywhere, and another for another", () => {
    const at = (seed: number) => splitDataset(engineOf(), dataset, { heldOut: 0.2, seed });
    expect(digest(at(4).train.points, at(4).heldOut.points)).toBe("8bd81a39");
    expect(at(5)).not.toEqual(at(4));
  });

  it("leaves at least one row on each side", () => {
    expect(splitDataset(engineOf(), dataset, { heldOut: 1e-9, seed: 1 }).heldOut.labels).toHaveLength(1);
    expect(splitDataset(engineOf(), dataset, { heldOut: 1 - 1e-9, seed: 1 }).train.labels).toHaveLength(1);
  });

  it("keeps a dataset without labels without", () => {
    expect(
      splitDataset(engineOf(), { points: Float32Array.of(1, 2), dimension: 1 }, { heldOut: 0.5, seed: 1 }).train,
    ).toEqual({
      points: expect.any(Float32Array),
      dimension: 1,
    });
  });

  it("refuses fractions outside (0, 1) and a single row", () => {
    expect(() => splitDataset(engineOf(), dataset, { heldOut: 1, seed: 1 })).toThrow(
      "heldOut must lie in (0, 1), got 1",
    );
    expect(() =>
      splitDataset(engineOf(), { points: Float32Array.of(1), dimension: 1 }, { heldOut: 0.5, seed: 1 }),
    ).toThrow("dataset must have at least 2 rows");
  });
});
