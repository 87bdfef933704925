import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../src/data/dataset.js";
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

describe("what a client says of rows that it cannot train on", () => {
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Refusal)) throw new Error("no refusal");
    return { said: error.message, own: error.cause instanceof Error ? error.cause.message : "" };
  };
  const runWith = (data: Dataset, heldOut?: Dataset) =>
    new JoinedRun({ engine, pool, session, data, heldOut, policy: completePolicy({ smallestGroup: 1 }) });
  const at = { place: 0, signal: undefined };
  const open = (data: Dataset, heldOut?: Dataset, spec = network) => {
    const run = runWith(data, heldOut);
    const setup = { id: "s", network: spec, training: completeTraining("training") };
    return { run, opened: run.answer("open", { session, setup, client: 0 }, at) };
  };
  const fine = { points: Float32Array.of(0, 1, 1, 0), dimension: 2 };
  const far = { points: Float32Array.of(0, 1, 7.25e18, 0), dimension: 2 };
  const flat = { points: Float32Array.of(3.5e-25, 0, 4.5e-25, 0), dimension: 2 };

  it.each([
    ["that are too large", far, undefined, "7.25e+18"],
    ["that do not vary", flat, undefined, "4.50e-25"],
    ["that are too large and held out", fine, far, "7.25e+18"],
  ])("names no number of rows %s", async (_, data, heldOut, number) => {
    const { run, opened } = open(data, heldOut);
    const { said, own } = await refusal(opened);
    expect(own).toContain(number);
    expect(said).toMatch(/^its rows have numbers that float32 cannot train on/);
    expect(said).not.toMatch(/[\d.]+e/);
    const task = { setup: "s", network, parameters: new Float32Array(layoutOf(network).size), round: 0, localSteps: 1 };
    expect((await refusal(run.answer("train", task, at))).said).toBe(`it has not joined: ${said}`);
  });

  it("names no class and no row", async () => {
    const labels = Int32Array.of(1, 41);
    const { said, own } = await refusal(
      open({ ...fine, labels }, undefined, networkOf({ dimension: 2, classes: 3 })).opened,
    );
    expect(own).toMatch(/\[1\].*41/);
    expect(said).not.toMatch(/\d/);
  });

  it("names no range of rows whose sums are beyond float32", async () => {
    const wide = { ...fine, exact: Float64Array.of(-1e39, 0, 2e39, 1) };
    const { said, own } = await refusal(runWith(wide).answer("moments", {}, at));
    expect(own).toContain("got 3e+39");
    expect(said).toBe("its rows vary by more than float32 holds, in which they are added up");
  });
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
