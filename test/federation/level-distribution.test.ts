import { describe, expect, it } from "vitest";
import { contentChecksum, decodeCheckpoint, encodeCheckpoint } from "../../src/federation/checkpoint-format.js";
import { createFederation } from "../../src/federation/federation.js";
import type { ArrivedUpdate } from "../../src/federation/messages.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { replayTransport } from "../../src/federation/replay-transport.js";
import type { Transport } from "../../src/federation/transport.js";
import type { LevelDistributionSpec } from "../../src/network/level-distributions/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();

/** The loss of a first round with hardly a step, and where it ended. */
async function firstRound(distribution?: LevelDistributionSpec) {
  const levels = { spacing: "time", count: 50, ...(distribution && { distribution }) } as const;
  const training = { batchSize: 4096, optimizer: { kind: "sgd", learningRate: 1e-6 }, levels } as const;
  const options = smallFederation(poolTransport(new InThreadPool(engine)), 4, { rounds: 1, localSteps: 32 });
  const federation = createFederation(engine, { ...options, training });
  let loss = Number.NaN;
  for await (const report of federation.train()) loss = report.loss ?? Number.NaN;
  return { loss, parameters: federation.parameters };
}

it("clients draw levels by the distribution, and their loss is still that of the weighting", async () => {
  const plain = await firstRound();
  expect(await firstRound({ kind: "uniform" })).toEqual(plain);
  const drawn = await firstRound({ kind: "log-normal", mean: -1, deviation: 1, uniform: 0.3 });
  expect(drawn.parameters).not.toEqual(plain.parameters);
  // Over 524,288 rows; without the division it is another loss altogether.
  expect(Math.abs(drawn.loss / plain.loss - 1)).toBeLessThan(0.01);
});

describe("levels that are drawn by losses", () => {
  const distribution = { kind: "importance", bins: 4, uniform: 0.2 } as const;
  const levels = { spacing: "logsnr", count: 48, distribution } as const;
  const here = () => poolTransport(new InThreadPool(engine));
  const federate = (overrides: Partial<FederationOptions>, batchSize = 8, learningRate = 0.05) => {
    const { transport = here() } = overrides;
    const options = smallFederation(transport, 4, { rounds: 4, localSteps: 32 });
    const optimizer = { kind: "sgd", learningRate } as const;
    const training = { batchSize, optimizer, levels, weighting: "min-snr" } as const;
    return createFederation(engine, { ...options, training, ...overrides });
  };

  async function finish(federation: ReturnType<typeof federate>, resumeFrom?: Uint8Array, until = Infinity) {
    const reports = [];
    for await (const report of federation.train({ ...(resumeFrom && { resumeFrom }) })) {
      reports.push(report);
      if (report.round + 1 === until) break;
    }
    return reports;
  }

  /** Sums of an update lie in memory that is used again. */
  const copyOf = ({ release: _, ...update }: ArrivedUpdate): ArrivedUpdate => structuredClone(update);

  /** A transport that keeps what rounds were told, and the sums that came back. */
  function recording(
    inner: Transport,
    arrivals: (count: number) => readonly number[] = (count) => [...Array(count).keys()],
  ) {
    const told: (Float64Array | undefined)[] = [];
    const came: Float64Array[] = [];
    const transport: Transport = {
      ...inner,
      async *run(task, signal) {
        told.push(task.levelLosses);
        const updates = [];
        for await (const update of inner.run(task, signal)) updates.push(copyOf(update));
        const sums = updates.map(({ lossSums }) => lossSums as Float64Array);
        came.push(sums[0].map((_, i) => sums.reduce((sum, each) => sum + each[i], 0)));
        for (const position of arrivals(updates.length)) yield updates[position];
      },
    };
    return { transport, told, came };
  }

  it("are drawn in proportion to them from the second round on, and the loss is still that of the weighting", async () => {
    const { transport, told, came } = recording(here());
    const [first, second] = await finish(federate({ transport, rounds: 2 }, 4096, 1e-6));
    const [unknown, losses] = told as [undefined, Float64Array];
    expect(unknown).toBeUndefined();
    const total = losses.reduce((sum, loss) => sum + loss, 0);
    expect(Math.max(...losses) / Math.min(...losses)).toBeGreaterThan(1.5);
    const rows = 4 * 32 * 4096;
    losses.forEach((loss, bin) => {
      expect(loss).toBe(Math.sqrt(came[0][bin] / came[0][4 + bin]));
      for (const [round, share] of [0.25, 0.05 + 0.8 * (loss / total)].entries()) {
        // Five standard deviations.
        const error = 5 * Math.sqrt((share * (1 - share)) / rows);
        expect(Math.abs(came[round][4 + bin] / rows - share)).toBeLessThan(error);
      }
    });
    // Over 524,288 rows of parameters that have hardly moved.
    expect(Math.abs((second.loss ?? Number.NaN) / (first.loss ?? Number.NaN) - 1)).toBeLessThan(0.01);
    // What is kept is of the weighting too, not of what is drawn.
    losses.forEach((loss, bin) => {
      expect(Math.abs(Math.sqrt(came[1][bin] / came[1][4 + bin]) / loss - 1)).toBeLessThan(0.05);
    });
  });

  it("give the same bytes in any order of arrival, resumed from any round, and replayed", async () => {
    const { transport, told } = recording(here());
    const straight = federate({ transport });
    const reports = await finish(straight);
    expect(told[3]).not.toEqual(told[1]);
    const reversed = recording(here(), (count) => [...Array(count).keys()].reverse());
    const others = [
      federate({ transport: reversed.transport }),
      federate({ transport: replayTransport(here(), reports) }),
    ];
    for (const other of others) {
      await finish(other);
      expect(other.checkpoint()).toEqual(straight.checkpoint());
    }
    for (const until of [1, 2, 3]) {
      const stopped = federate({});
      await finish(stopped, undefined, until);
      const resumed = federate({});
      await finish(resumed, stopped.checkpoint());
      expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    }
  });

  it("do not count clients whose update is not finite", async () => {
    const { transport, came } = recording(here());
    const points = Float32Array.from({ length: 16 }, (_, i) => (i < 4 ? 1e15 : 0));
    const large = federate({ transport, rounds: 1, nonFinite: "drop", points });
    const [{ dropped }] = await finish(large);
    expect(dropped).toEqual([0]);
    expect(came[0].subarray(4).reduce((sum, count) => sum + count, 0)).toBe(3 * 32 * 8);
  });

  it("end the run where an update comes without sums of losses, or with others", async () => {
    const spoiled = (lossSums: Float64Array | undefined) => {
      const inner = here();
      const transport: Transport = {
        ...inner,
        async *run(task, signal) {
          for await (const { lossSums: _, ...update } of inner.run(task, signal))
            yield { ...update, ...(lossSums && { lossSums }) };
        },
      };
      return finish(federate({ transport, rounds: 1 }));
    };
    await expect(spoiled(undefined)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining("came without the sums of its losses"),
    });
    await expect(spoiled(new Float64Array(7))).rejects.toThrow("has 7 sums of losses, not 8");
    await expect(spoiled(new Float64Array(8).fill(-1))).rejects.toThrow("has -1 as a sum of losses");
    await expect(spoiled(new Float32Array(8) as never)).rejects.toThrow("update.lossSums must be a Float64Array");
  });

  it("are not resumed from sums of losses that no state has", async () => {
    const federation = federate({ rounds: 1 });
    await finish(federation);
    const { values, arrays } = decodeCheckpoint(federation.checkpoint());
    const { checksum: _, ...bound } = values;
    const resumed = (lossSums: Float64Array) => {
      const content = { values: bound, arrays: { ...arrays, lossSums } };
      const checksum = contentChecksum(content);
      return () => federate({ rounds: 1 }).restore(encodeCheckpoint({ ...content, values: { ...bound, checksum } }));
    };
    expect(resumed(arrays.lossSums as Float64Array)).not.toThrow();
    expect(resumed(new Float64Array(8).fill(-1))).toThrow("lossSums[0] must be >= 0, got -1");
    expect(resumed(new Float64Array(8).fill(Number.NaN))).toThrow("lossSums[0] must be finite, got NaN");
    expect(resumed(new Float64Array(6))).toThrow("lossSums must have 8 entries, got 6");
  });

  it("are refused where clients hold their own data", () => {
    const clients = Array.from({ length: 4 }, () => ({ rowCount: 2 }));
    expect(() => federate({ transport: testTransport(engine), points: undefined, clients })).toThrow(
      "training.levels.distribution.kind must not be importance where clients hold their own data",
    );
  });
});
