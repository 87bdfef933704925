import { expect, it } from "vitest";
import { FedscoreError } from "../../../src/errors.js";
import { layoutOf } from "../../../src/network/spec.js";
import { completeTraining } from "../../../src/network/training-fields.js";
import { JoinedRun } from "../../../src/remote/clients/joined-run.js";
import { NotOpen, Outdated, Refusal } from "../../../src/remote/clients/no-answer.js";
import { completePolicy } from "../../../src/remote/clients/policy.js";
import type { CallOptions, WorkerPool } from "../../../src/workers/worker-pool.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";

const engine = await simdEngine();
const network = networkOf({ dimension: 2 });
const session = "a".repeat(32);

/** Trains until it is told to stop. */
const pool: WorkerPool = {
  ...{ name: "endless", size: 1, sharesMemory: false },
  call: (_job, _input, { signal }: CallOptions = {}) =>
    new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(new FedscoreError("FEDSCORE_ABORTED", "aborted")));
    }),
  install() {},
  uninstall() {},
  async close() {},
};

it("ends the training of a round when the next task comes, and begins none that came before it", async () => {
  const data = { points: Float32Array.of(0, 1, 1, 0), dimension: 2 };
  const run = new JoinedRun({ engine, pool, session, data, heldOut: undefined, policy: completePolicy({}) });
  const setup = { id: "s", network, training: completeTraining("training") };
  const task = (round: number) => ({
    setup: "s",
    network,
    parameters: new Float32Array(layoutOf(network).size),
    round,
    localSteps: 1,
  });
  const train = (round: number, place: number, signal?: AbortSignal) =>
    run.answer("train", task(round), { place, signal });
  await expect(train(0, 1)).rejects.toThrow(NotOpen);
  const counts = await run.answer("open", { session, setup, client: 0 }, { place: 0, signal: undefined });
  expect(counts).toEqual({ rows: 2, heldOut: 0 });
  const first = train(0, 1);
  const leaving = new AbortController();
  const second = train(1, 2, leaving.signal);
  await expect(first).rejects.toThrow(Outdated);
  await expect(train(0, 1)).rejects.toThrow(Outdated);
  leaving.abort();
  await expect(second).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  // It may have been started again since.
  const control = new Float32Array(layoutOf(network).size);
  const asked = run.answer("train", { ...task(2), control, own: 0 }, { place: 3, signal: undefined });
  await expect(asked).rejects.toThrow(new Refusal("it has no control variate of round 0"));
});

it("names no more than a thousand classes", async () => {
  const policy = completePolicy({ classes: true, smallestGroup: 1 });
  const answer = (count: number) => {
    const labels = Int32Array.from({ length: count }, (_, label) => label);
    const data = { points: new Float32Array(count), dimension: 1, labels };
    const run = new JoinedRun({ engine, pool, session, data, heldOut: undefined, policy });
    return run.answer("classes", {}, { place: 0, signal: undefined });
  };
  expect(await answer(1000)).toMatchObject({ unnamed: 0 });
  await expect(answer(1001)).rejects.toThrow(
    new Refusal("its rows have 1001 classes, the most that are named are 1000"),
  );
});
