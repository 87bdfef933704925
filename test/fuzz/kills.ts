import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { canonicalJson } from "../../src/canonical-json.js";
import { spawnCli, startCli, temporaryFolder, writeSmallRun } from "../cli/support.js";
import { withoutTimes } from "../support/without-times.js";
import { fuzzProperty } from "./property.js";

const args = (out: string, ...more: string[]) => [
  "run",
  "config.json",
  "--out",
  out,
  "--variant",
  "simd",
  "--workers",
  "1",
  ...more,
];

const change = {
  training: { rounds: 60, localSteps: 3, batchSize: 32, ema: 0.9, optimizer: { kind: "sgd", learningRate: 1e-3 } },
  federation: { clients: 5, participation: 0.6, server: { kind: "fedadam" }, checkpointEvery: 7 },
  evaluation: { divergences: ["energyDistance"], samples: 64 },
  certificate: { paths: 64, intervalRows: 256, intervalPaths: 2 },
  apriori: { every: 5, probes: 20 },
  reference: { dense: true },
};

/** What two runs of the same thing have in common: their files, but for times. */
function traceOf(folder: string): Record<string, unknown> {
  const read = (name: string) => readFileSync(join(folder, name));
  return {
    files: readdirSync(folder).sort(),
    model: read("model.safetensors").toString("base64"),
    samples: read("samples.npy").toString("base64"),
    result: withoutTimes(JSON.parse(read("result.json").toString())),
  };
}

/** A run of the command line is killed (SIGKILL) at a random moment, and resumed; one in three twice. */
export const kills = fuzzProperty({
  name: "kills",
  text: "a run that was killed and is resumed leaves the files of one that was not",
  cases: 3,
  isSlow: true,
  async open() {
    const { path: folder, remove } = temporaryFolder();
    writeSmallRun(folder, change);
    const begin = Date.now();
    const { code, stderr } = await spawnCli(args("straight"), folder);
    if (code !== 0) throw new Error(`the straight run ended with ${code}: ${stderr}`);
    const took = Date.now() - begin;
    const straight = canonicalJson(traceOf(join(folder, "straight")));
    const counts = { killed: 0, resumed: 0 };
    return {
      arbitrary: fc.record({ first: fc.double({ min: 0.1, max: 1, noNaN: true }), again: fc.nat(2) }),
      async holds({ first, again }) {
        rmSync(join(folder, "cut"), { recursive: true, force: true });
        for (const share of again === 0 ? [first, first / 2] : [first]) {
          const { child, outcome } = startCli(args("cut", "--resume"), folder);
          await Promise.race([sleep(share * took), outcome]);
          child.kill("SIGKILL");
          if ((await outcome).code === null) counts.killed++;
        }
        if (existsSync(join(folder, "cut", "checkpoint.bin"))) counts.resumed++;
        const last = await spawnCli(args("cut", "--resume"), folder);
        if (last.code !== 0) throw new Error(`the resumed run ended with ${last.code}: ${last.stderr}`);
        const found = traceOf(join(folder, "cut"));
        if (canonicalJson(found) === straight) return;
        const expected = traceOf(join(folder, "straight"));
        const other = Object.keys(expected).filter((key) => canonicalJson(found[key]) !== canonicalJson(expected[key]));
        throw new Error(`other ${other.join(", ")} than the straight run`);
      },
      end: () => `${counts.killed} kills, ${counts.resumed} runs went on from a checkpoint`,
      close: remove,
    };
  },
});
