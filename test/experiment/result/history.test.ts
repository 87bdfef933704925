import { describe, expect, test } from "vitest";
import { type RoundRecord, RunHistory, recordOf } from "../../../src/experiment/result/history.js";
import { contradictionIn } from "../../../src/experiment/result/history-state.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import { networkOf } from "../../support/networks.js";

const network = networkOf({ dimension: 1, hidden: [2], noiseFeatures: 2, parameterization: "v" });

function report(
  round: number,
  clients: readonly number[],
  dropped: readonly number[] = [],
  absent: readonly number[] = [],
): RoundReport {
  return {
    round,
    loss: 1 / (round + 1),
    clients: clients.map((client) => ({ client, loss: 1, steps: 2, flops: 10 * (client + 1), parameters: client + 3 })),
    dropped,
    absent: absent.map((client) => ({ client, reason: "late", parameters: client + 3 })),
    coverage: {
      round,
      clients: clients.length,
      minimum: 1,
      minimumOverAll: 0,
      uncovered: 1,
      perLayer: [
        { layer: 0, min: 0, mean: 1.5, max: 2 },
        { layer: 1, min: 1, mean: 2, max: 2 },
      ],
      histogram: [
        { clients: 0, parameters: 1 },
        { clients: 2, parameters: 10 },
      ],
      pruningNoise: 0.25,
      parameterNorm: 4,
    },
    seconds: 0.5,
    bytesDown: 4 * [...clients, ...absent].reduce((sum, client) => sum + client + 3, 0),
    bytesUp: 4 * clients.filter((client) => !dropped.includes(client)).reduce((sum, client) => sum + client + 3, 0),
    wireBytesDown: 2 * [...clients, ...absent].reduce((sum, client) => sum + client + 3, 0),
    wireBytesUp: clients.filter((client) => !dropped.includes(client)).reduce((sum, client) => sum + client + 3, 0),
    flops: clients.reduce((sum, client) => sum + 10 * (client + 1), 0),
    updateNorm: 1,
  };
}

function historyOf(reports: readonly RoundReport[]): RunHistory {
  const history = new RunHistory();
  // As a resumed run does: through the text of the log.
  for (const each of reports) history.add(JSON.parse(JSON.stringify(recordOf("training", each))) as RoundRecord);
  return history;
}

describe("RunHistory", () => {
  const history = historyOf([report(0, [0, 2]), report(1, [1, 2], [2], [0, 5])]);

  test("sums rounds", () => {
    const training = history.training();
    expect(training).toMatchObject({ rounds: 2, loss: [1, 0.5], seconds: 1, flops: 90, bytesDown: 112, bytesUp: 48 });
    expect(training).toMatchObject({ wireBytesDown: 56, wireBytesUp: 12 });
    expect(history.dropped).toEqual([{ round: 1, client: 2 }]);
    expect(training.perRound[1]).toMatchObject({ round: 1, participants: 4, dropped: 1, pruningNoise: 0.25 });
    expect(training.perRound.map(({ absent }) => absent)).toEqual([
      [],
      [
        { client: 0, reason: "late" },
        { client: 5, reason: "late" },
      ],
    ]);
    expect(history.absent).toEqual([
      { round: 1, client: 0 },
      { round: 1, client: 5 },
    ]);
    expect(training.perRound[0].coverage).toEqual([
      { mean: 1.5, min: 0 },
      { mean: 2, min: 1 },
    ]);
  });

  test("adds up the histogram of coverage, holes included", () => {
    expect(history.coverage(network, 1, 7)).toEqual({
      min: 1,
      histogram: [2, 0, 20],
      layers: ["layers.0", "layers.1"],
      neverCovered: 7,
    });
  });

  test("adds up clients; a dropped or absent one sends nothing up", () => {
    const clients = history.clients(
      (id) => 100 + id,
      (id) => 1 / (id + 1),
    );
    expect(clients).toEqual([
      { id: 0, samples: 100, keepRatio: 1, rounds: 2, absent: 1, loss: 1, flops: 10, bytesUp: 12, bytesDown: 24 },
      { id: 1, samples: 101, keepRatio: 1 / 2, rounds: 1, absent: 0, loss: 1, flops: 20, bytesUp: 16, bytesDown: 16 },
      { id: 2, samples: 102, keepRatio: 1 / 3, rounds: 2, absent: 0, loss: 1, flops: 60, bytesUp: 20, bytesDown: 40 },
      { id: 5, samples: 105, keepRatio: 1 / 6, rounds: 1, absent: 1, flops: 0, bytesUp: 0, bytesDown: 32 },
    ]);
  });

  test("has the last loss of each client and the ends of a round's, of what was averaged alone", () => {
    const withLosses = (round: number, losses: readonly number[], dropped: readonly number[] = []) => {
      const whole = report(round, [0, 1, 2], dropped);
      return { ...whole, clients: whole.clients.map((client, index) => ({ ...client, loss: losses[index] })) };
    };
    const { perRound } = historyOf([withLosses(0, [3, 2, 4])]).training();
    expect(perRound[0].clientLoss).toEqual({ low: 2, high: 4 });
    const two = historyOf([withLosses(0, [3, 2, 4]), withLosses(1, [1, 99, 5], [1])]);
    expect(two.training().perRound[1].clientLoss).toEqual({ low: 1, high: 5 });
    const clients = (history: RunHistory) =>
      history.clients(
        () => 1,
        () => 1,
      );
    expect(clients(two).map(({ loss }) => loss)).toEqual([1, 2, 5]);
    expect(clients(new RunHistory(two.state))).toEqual(clients(two));
    const [, nobody] = clients(historyOf([report(0, [0], [], [7])]));
    expect("loss" in nobody).toBe(false);
  });

  test("is what a checkpoint may hold, and not where absences are not those of its clients", () => {
    const { state } = history;
    expect(contradictionIn(state, 6, 2)).toBeUndefined();
    const present = state.clients.map((client) => ({ ...client, absent: 0 }));
    const [first, second] = state.perRound;
    const another = { client: 1, reason: "lost" } as const;
    for (const wrong of [
      { ...state, clients: present },
      { ...state, perRound: [first, { ...second, absent: [another, another] }] },
    ]) {
      expect(contradictionIn(wrong, 6, 2)).toBe("its clients were absent in other rounds than it has");
    }
  });
});
