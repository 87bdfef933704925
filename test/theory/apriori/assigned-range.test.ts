import { expect, it } from "vitest";
import { assignedRange } from "../../../src/theory/apriori/assigned-range.js";

it("has the least and the most of a round, each with the first client that has it", () => {
  const assignment = (client: number, localSteps: number, weight: number) =>
    ({ client, localSteps, weight, mask: { kind: "full" } }) as const;
  expect(assignedRange([assignment(3, 5, 1), assignment(4, 2, 1), assignment(8, 9, 1), assignment(9, 9, 1)])).toEqual({
    clients: 4,
    localSteps: { least: { client: 4, value: 2 }, most: { client: 8, value: 9 } },
    weight: { least: { client: 3, value: 1 }, most: { client: 3, value: 1 } },
  });
});
