import { expect, it } from "vitest";
import type { Block, TrainingSetup } from "../../../src/federation/messages.js";
import { layoutOf } from "../../../src/network/spec.js";
import { ClientTrainer } from "../../../src/remote/clients/client-trainer.js";
import type { ClientsLink, Question, Reply } from "../../../src/remote/clients/link.js";
import { fedscoreVersion } from "../../../src/remote/version.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const network = networkOf();

it("takes back what it told a client in vain before it is told again", async () => {
  const asked: Question<unknown>[] = [];
  const ask = (question: Question<unknown>) => {
    asked.push(question);
    return new Promise<Reply<unknown>>((resolve) => {
      question.signal?.addEventListener("abort", () => resolve({ none: "late" }));
    });
  };
  const seats = new Map([["a", { hello: { session: "s", version: fedscoreVersion } }]]);
  const roster = { seats, silence: () => 0, onSession: undefined };
  const link = { ask, roster, settings: { lostAfter: 1000 }, throwIfDenied() {} } as unknown as ClientsLink;
  const setup = { id: "setup", network } as TrainingSetup;
  const trainer = new ClientTrainer(engine, link, setup, { server: "nats://nowhere", clients: ["a"] });
  const assignment = { client: 0, mask: { kind: "full" as const }, localSteps: 1, weight: 1 };
  const block = { round: 0, clients: [assignment] } as unknown as Block;
  const parameters = new Float32Array(layoutOf(network).size);
  for (const told of [1, 2]) {
    const round = new AbortController();
    const outcome = trainer.train(block, assignment, parameters, round.signal);
    await Promise.resolve();
    expect(asked).toHaveLength(told);
    round.abort();
    expect(await outcome).toEqual({ absent: { client: 0, reason: "late" } });
    expect(asked.map(({ kind, signal }) => [kind, signal?.aborted])).toEqual(Array(told).fill(["open", true]));
  }
});
