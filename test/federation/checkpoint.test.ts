import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import { taylor } from "../../src/pruning/families/taylor.js";
import { describeEngines } from "../support/engines.js";
import { type HeldFederation, smallFederation, testTransport } from "./support.js";

async function finish(federation: Federation, options?: Parameters<Federation["train"]>[0]): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of federation.train(options)) reports.push(report);
  return reports;
}

const withoutTime = (reports: readonly RoundReport[]) => reports.map(({ seconds: _, ...rest }) => rest);

/** A federation whose rounds depend on everything that a checkpoint holds: last update, optimizer, average, ledger. */
const demanding: Partial<HeldFederation> = {
  rounds: 7,
  participation: 0.6,
  maskFamily: taylor,
  server: { kind: "fedadam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
  ema: 0.9,
};

describeEngines("checkpoints", (engineOf) => {
  const federate = (overrides: Partial<HeldFederation> = {}, transport = testTransport(engineOf())) => {
    const options = smallFederation(transport, 5, { ...demanding, ...overrides });
    const clients = options.clients.map((client, id) => ({ ...client, keepRatio: [1, 0.5, 0.3][id % 3] }));
    return createFederation(engineOf(), { ...options, clients, ...overrides });
  };

  it("resume to the same bytes and reports as an uninterrupted run, from every round", async () => {
    const straight = federate();
    const expected = withoutTime(await finish(straight));
    const saved: Uint8Array[] = [federate().checkpoint()];
    const interrupted = federate();
    await finish(interrupted, { checkpoint: { every: 1, save: async (bytes) => void saved.push(bytes) } });
    expect(saved).toHaveLength(8);
    for (const [round, resumeFrom] of saved.entries()) {
      const federation = federate();
      expect(withoutTime(await finish(federation, { resumeFrom }))).toEqual(expected.slice(round));
      expect(federation.parameters).toEqual(straight.parameters);
      expect(federation.samplingParameters).toEqual(straight.samplingParameters);
      expect(federation.checkpoint()).toEqual(straight.checkpoint());
      expect(federation.coverage.state()).toEqual(straight.coverage.state());
    }
  });

  it("are saved each `every` rounds and after the last one, before the round is reported", async () => {
    const rounds: number[] = [];
    const federation = federate();
    const checkpoint = { every: 3, save: async () => void rounds.push(federation.round) };
    for await (const { round } of federation.train({ checkpoint })) {
      if ((round + 1) % 3 === 0) expect(rounds.at(-1)).toBe(round + 1);
    }
    expect(rounds).toEqual([3, 6, 7]);
  });

  it("are saved when the run is aborted in mid-round, as of the last whole round", async () => {
    const aborter = new AbortController();
    const transport = testTransport(engineOf(), {
      onBlock: ({ round, block }) => {
        if (round === 2 && block === 1) aborter.abort();
        aborter.signal.throwIfAborted();
      },
    });
    const saved: Uint8Array[] = [];
    const federation = federate({}, transport);
    const checkpoint = { every: 100, save: async (bytes: Uint8Array) => void saved.push(bytes) };
    await expect(finish(federation, { signal: aborter.signal, checkpoint })).rejects.toThrow();
    expect(federation.round).toBe(2);
    expect(saved).toEqual([federation.checkpoint()]);
    const straight = federate();
    await finish(straight);
    const resumed = federate();
    await finish(resumed, { resumeFrom: saved[0] });
    expect(resumed.parameters).toEqual(straight.parameters);
  });

  it("are waited for when the run is aborted", async () => {
    const aborter = new AbortController();
    let saved = false;
    const checkpoint = {
      every: 100,
      save: async () => {
        await sleep(20);
        saved = true;
      },
    };
    const rounds = federate().train({ signal: aborter.signal, checkpoint });
    await rounds.next();
    aborter.abort();
    await expect(rounds.next()).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(saved).toBe(true);
  });

  it("lead to the same bytes after an end between two of them, whose rounds are run again", async () => {
    const straight = federate();
    await finish(straight);
    const saved: Uint8Array[] = [];
    const killed = federate();
    for await (const { round } of killed.train({ checkpoint: { every: 3, save: async (b) => void saved.push(b) } })) {
      if (round === 4) break;
    }
    expect([killed.round, saved.length]).toEqual([5, 1]);
    const resumed = federate();
    const reports = await finish(resumed, { resumeFrom: saved[0] });
    expect(reports.map(({ round }) => round)).toEqual([3, 4, 5, 6]);
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
  });

  it("allow more rounds, but not fewer than are done", async () => {
    const straight = federate();
    await finish(straight);
    const short = federate({ rounds: 4 });
    await finish(short);
    const longer = federate();
    expect(await finish(longer, { resumeFrom: short.checkpoint() })).toHaveLength(3);
    expect(longer.parameters).toEqual(straight.parameters);
    await expect(finish(federate({ rounds: 4 }), { resumeFrom: straight.checkpoint() })).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      details: { round: 7, rounds: 4 },
    });
  });
});
