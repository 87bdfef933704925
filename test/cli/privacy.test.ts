import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { epsilonOf } from "../../src/privacy/epsilon.js";
import { gaussianEpsilon } from "../../src/privacy/gaussian.js";
import { callCli, smallConfig, temporaryFolder, writeSmallRun } from "./support.js";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);
writeSmallRun(folder);

const privacy = { kind: "client", clipNorm: 1, noiseMultiplier: 5, delta: 1e-3 };
const federation = { clients: 20, nonFinite: "drop" };

function written(change: object): string {
  const path = join(folder, "private.json");
  writeFileSync(path, JSON.stringify(smallConfig({ federation, privacy, ...change })));
  return path;
}

const facts = (text: string) =>
  new Map(
    text.split("\n").map((line): [string, string] => {
      const [label, ...value] = line.split(/ {2,}/);
      return [label, value.join("  ")];
    }),
  );

describe("fedscore privacy", () => {
  it("says what all rounds spend and what of that a budget allows", async () => {
    // Everybody takes part in 6 rounds: one Gaussian mechanism.
    const epsilon = gaussianEpsilon(5 / Math.sqrt(6), 1e-3);
    const budget = Number(
      (0.5 * (gaussianEpsilon(5 / Math.sqrt(4), 1e-3) + gaussianEpsilon(5 / Math.sqrt(5), 1e-3))).toFixed(3),
    );
    const { code, stdout, stderr } = await callCli(["privacy", written({ privacy: { ...privacy, epsilon: budget } })]);
    expect([code, stderr]).toEqual([0, ""]);
    const found = facts(stdout);
    expect(found.get("protected")).toBe("each client");
    expect(found.get("epsilon")).toBe(
      `${epsilon.toPrecision(4)} at delta 0.001 after 6 rounds, by the exact accountant`,
    );
    expect(found.get("steps")).toBe("6, each with a client at probability 1, noise multiplier 5");
    expect(found.get("budget")).toBe(`${budget}: 4 rounds`);
    expect(found.has("note")).toBe(false);
  });

  it("gives programs the same as JSON, with the noise for a wanted epsilon", { tags: ["slow"] }, async () => {
    const path = written({
      federation: { ...federation, participation: 0.25 },
      privacy: { ...privacy, reproducible: true },
    });
    const { code, stdout } = await callCli(["privacy", path, "--json", "--epsilon", "0.9"]);
    expect(code).toBe(0);
    const step = { sampleRate: 0.25, steps: 6 };
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      ...{ name: "small", unit: "client", rounds: 6, ...step, noiseMultiplier: 5, wanted: 0.9, reproducible: true },
      ...epsilonOf([{ ...step, noiseMultiplier: 5 }], 1e-3),
    });
    const { neededNoiseMultiplier } = found;
    expect(epsilonOf([{ ...step, noiseMultiplier: neededNoiseMultiplier }], 1e-3).epsilon).toBeLessThanOrEqual(0.9);
    const less = { ...step, noiseMultiplier: 0.99 * neededNoiseMultiplier };
    expect(epsilonOf([less], 1e-3).epsilon).toBeGreaterThan(0.9);
  });

  it("of records counts the rows that clients have", async () => {
    const records = { kind: "record", clipNorm: 1, noiseMultiplier: 4, delta: 1e-4, reproducible: true };
    const { code, stdout } = await callCli(["privacy", written({ federation: { clients: 5 }, privacy: records })]);
    expect(code).toBe(0);
    const found = facts(stdout);
    // 320 training rows over 5 clients, 3 local steps of 32 rows in each of 6 rounds.
    expect(found.get("protected")).toMatch(/^each record, of client [0-4], whose records spend most$/);
    expect(found.get("steps")).toBe("18, each with a record at probability 0.5000, noise multiplier 4");
    expect(found.get("note")).toContain("protects nobody");
  });

  it.each([
    ["without privacy", { privacy: undefined }, [], "config.privacy must be given"],
    ["a delta of 1", { privacy: { ...privacy, delta: 1 } }, [], "config.privacy.delta must lie in (0, 1), got 1"],
    ["no noise", { privacy: { ...privacy, noiseMultiplier: 0 } }, [], "config.privacy.noiseMultiplier must lie in"],
    ["a side door", { federation: { clients: 20 } }, [], "config.federation.nonFinite"],
    ["an epsilon of 0", {}, ["--epsilon", "0"], "It must be a number in [0.000001, 1000000]"],
  ])("ends with 2 and says what is wrong: %s", async (_, change, options, message) => {
    const { code, stdout, stderr } = await callCli(["privacy", written(change), ...options]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
