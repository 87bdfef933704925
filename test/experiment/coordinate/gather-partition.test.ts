import { expect, it } from "vitest";
import { compose } from "../../../src/data/transforms/index.js";
import { gatherPartition } from "../../../src/experiment/coordinate/gather-partition.js";
import { readClasses } from "../../../src/remote/clients/answers.js";
import type { ClientsLink, Question } from "../../../src/remote/clients/link.js";
import type { ClassCounts } from "../../../src/remote/clients/policy.js";

const counts = (first: number, length: number, unnamed = 0): ClassCounts => ({
  classes: Int32Array.from({ length }, (_, index) => first + index),
  counts: new Uint32Array(length).fill(3),
  unnamed,
});

/** What clients with these classes come to. */
function partitionOf(...given: ClassCounts[]) {
  const names = given.map((_, client) => `client${client}`);
  const seats = new Map(names.map((name) => [name, { hello: { gives: ["classes"], rows: 0 } }]));
  const ask = async ({ name }: Question<unknown>) => ({ value: given[names.indexOf(name)] });
  const link = { roster: { seats }, ask } as unknown as ClientsLink;
  const clients = names.map((name) => ({ name, rows: 9, heldOut: 0 }));
  const identity = { run: "a".repeat(32), secret: "b".repeat(32) };
  const moments = { dimension: 2, variance: 1, secondMoment: 1 };
  const known = { ...identity, clients, dimension: 2, transform: compose(2, []).toJSON(), moments };
  return gatherPartition(link, known, undefined);
}

it("counts the rows of each class that each client has", async () => {
  expect(await partitionOf(counts(0, 2), counts(1, 2, 4))).toEqual({
    classes: ["0", "1", "2", "smaller classes"],
    counts: [
      [3, 3, 0, 0],
      [0, 3, 3, 4],
    ],
  });
});

it("names no more than a thousand classes, of one client or of all", async () => {
  expect(await partitionOf(counts(0, 1000), counts(0, 1000))).toMatchObject({ classes: { length: 1000 } });
  expect(await partitionOf(counts(0, 1000), counts(1, 1000))).toBeUndefined();
  expect(readClasses(counts(0, 1000), 3000)).toEqual(counts(0, 1000));
  expect(() => readClasses(counts(0, 1001), 3003)).toThrow("names 1001 classes, the most are 1000");
});
