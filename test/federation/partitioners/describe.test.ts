import { expect, it } from "vitest";
import { describePartition } from "../../../src/federation/partitioners/index.js";

it("counts the classes of each client", () => {
  const labels = Int32Array.of(7, -1, 7, 3, 3, 3);
  const rows = [Uint32Array.of(0, 2, 3), Uint32Array.of(1), new Uint32Array(0)];
  expect(describePartition(labels, rows)).toEqual({
    classes: [-1, 3, 7],
    counts: [
      [0, 1, 2],
      [1, 0, 0],
      [0, 0, 0],
    ],
  });
});
