import { expect, it } from "vitest";
import type { ClientOutcome } from "../../../src/federation/block-fold.js";
import type { ArrivedUpdate } from "../../../src/federation/messages.js";
import { foldInTurn } from "../../../src/remote/clients/fold-in-turn.js";

const absent = (client: number): ClientOutcome => ({ absent: { client, reason: "late" } });
const answer: ArrivedUpdate = { id: "a", round: 0, block: 0, sum: new Float32Array(0), reports: [] };

/** What was folded so far, and clients that answer when they are told to. */
function scene() {
  const folded: ClientOutcome[] = [];
  const fold = { add: (outcome: ClientOutcome) => void folded.push(outcome), end: () => answer };
  const clients = [0, 1, 2, 3].map(() => {
    let [resolve, reject]: [(outcome: ClientOutcome) => void, (error: Error) => void] = [() => {}, () => {}];
    const promise = new Promise<ClientOutcome>((...both) => {
      [resolve, reject] = both;
    });
    return { promise, resolve, reject };
  });
  const outcomes = clients.map(({ promise }) => promise);
  return { folded, clients, outcomes, given: foldInTurn(fold, outcomes) };
}

const soon = () => new Promise((resolve) => setTimeout(resolve));

it("folds each client when its turn has come, and keeps none that is folded", async () => {
  const { folded, clients, outcomes, given } = scene();
  clients[2].resolve(absent(2));
  await soon();
  expect(folded).toEqual([]);
  clients[0].resolve(absent(0));
  await soon();
  expect(folded).toEqual([absent(0)]);
  expect(outcomes).toHaveLength(2);
  clients[1].resolve(absent(1));
  await soon();
  expect(folded).toEqual([0, 1, 2].map(absent));
  clients[3].resolve(absent(3));
  expect(await given).toBe(answer);
});

it("fails with a client that fails, before its turn", async () => {
  const { clients, given } = scene();
  clients[3].reject(new Error("denied"));
  await expect(given).rejects.toThrow("denied");
  clients[2].reject(new Error("denied too"));
  await soon();
});
