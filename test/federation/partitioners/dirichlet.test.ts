import { expect, it } from "vitest";
import { describePartition, partition } from "../../../src/federation/partitioners/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { describeEngines } from "../../support/engines.js";

const [clients, classes, perClass] = [5, 4, 400];
const count = classes * perClass;
const labels = Int32Array.from({ length: count }, (_, row) => row % classes);

/** shares[client * classes + class]: part of the class that the client holds. */
function sharesOf(engine: Engine, concentration: number, seed: number): number[] {
  const rows = partition(
    engine,
    { kind: "dirichlet", concentration, minimumSamples: 0 },
    { count, clients, labels, seed },
  );
  return describePartition(labels, rows)
    .counts.flat()
    .map((each) => each / perClass);
}

describeEngines("dirichlet", (engineOf) => {
  it.each([0.2, 1, 10])("shares classes out with the mean and variance of Dirichlet(%d)", (concentration) => {
    const runs = 400;
    const samples = Array.from({ length: runs }, (_, seed) => sharesOf(engineOf(), concentration, seed)).flat();
    const mean = 1 / clients;
    const variance = (mean * (1 - mean)) / (clients * concentration + 1);
    const measured = samples.reduce((sum, share) => sum + (share - mean) ** 2, 0) / samples.length;
    // 1600 independent class draws; the squared deviation of one share has standard deviation below 2 variances for these
    // concentrations, shares of one class are dependent: 5 / sqrt(1600) * 2 = 25 % is more than five standard errors.
    expect(measured / variance).toBeGreaterThan(0.75);
    expect(measured / variance).toBeLessThan(1.25);
    for (let client = 0; client < clients; client++) {
      const own = samples.filter((_, index) => Math.floor(index / classes) % clients === client);
      const average = own.reduce((sum, share) => sum + share, 0) / own.length;
      expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / own.length));
    }
  });

  it("skews more the lower the concentration", () => {
    const distances = [0.05, 0.5, 5, 500].map((concentration) => {
      const shares = Array.from({ length: 20 }, (_, seed) => sharesOf(engineOf(), concentration, seed)).flat();
      return shares.reduce((sum, share) => sum + Math.abs(share - 1 / clients), 0) / shares.length;
    });
    for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeLessThan(distances[i - 1]);
  });

  it("fills small clients from the largest one's commonest class", () => {
    const request = { count, clients: 40, labels, seed: 3 };
    const before = partition(engineOf(), { kind: "dirichlet", concentration: 0.05, minimumSamples: 0 }, request);
    const after = partition(engineOf(), { kind: "dirichlet", concentration: 0.05, minimumSamples: 20 }, request);
    expect(Math.min(...before.map((rows) => rows.length))).toBe(0);
    expect(Math.min(...after.map((rows) => rows.length))).toBe(20);
    after.forEach((rows, client) => {
      const had = new Set(before[client]);
      // A client either keeps all of its own and is filled up to the minimum, or only gives.
      if (had.size < 20) {
        expect(rows).toHaveLength(20);
        expect([...had].every((row) => rows.includes(row))).toBe(true);
      } else expect([...rows].every((row) => had.has(row))).toBe(true);
    });
  });

  it("reaches the minimum even where it leaves no choice", () => {
    const rows = partition(
      engineOf(),
      { kind: "dirichlet", concentration: 0.01, minimumSamples: 32 },
      { count, clients: 50, labels, seed: 3 },
    );
    expect(rows.map((held) => held.length)).toEqual(new Array(50).fill(32));
  });
});
