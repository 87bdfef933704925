import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNpy } from "../../src/data/formats/npy.js";
import { readSafetensors } from "../../src/data/formats/safetensors.js";
import type { GridSpec } from "../../src/diffusion/grids/index.js";
import { resultSchema } from "../../src/experiment/result/schema.js";
import { loadModel } from "../../src/model/load-model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { samplerToOnnx, toOnnx } from "../../src/model/to-onnx.js";
import { computed } from "../support/computed.js";
import { simdEngine } from "../support/engines.js";
import { withoutTimes } from "../support/without-times.js";
import { callCli, type Outcome, spawnCli, startCli, temporaryFolder, writeSmallRun } from "./support.js";

const read = (...path: string[]) => readFileSync(join(...path));
const events = (folder: string) =>
  read(folder, "log.jsonl")
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("fedscore run", () => {
  const { path: folder, remove } = temporaryFolder();
  const fixed = ["run", "config.json", "--variant", "simd"];
  const run = (out: string, ...options: string[]) => callCli([...fixed, "--out", out, ...options], folder);
  let first: Outcome;
  beforeAll(async () => {
    writeSmallRun(folder, { reference: { dense: true } });
    first = await spawnCli([...fixed, "--out", "one", "--workers", "1", "--json"], folder);
  });
  afterAll(remove);

  test("writes the files of a run and nothing else", () => {
    expect(first.code).toBe(0);
    expect(readdirSync(join(folder, "one")).sort()).toEqual([
      "checkpoint-reference.bin",
      "checkpoint.bin",
      "log.jsonl",
      "model.safetensors",
      "report.html",
      "result.json",
      "samples.npy",
    ]);
  });

  test("--json prints result.json and nothing else on stdout, progress on stderr", () => {
    expect(JSON.parse(first.stdout)).toEqual(JSON.parse(read(folder, "one", "result.json").toString()));
    expect(first.stderr).toContain("training: round 6/6");
  });

  test("result.json is as its schema says, and its numbers fit together", () => {
    const result = resultSchema.parse(JSON.parse(first.stdout));
    const { training, coverage, clients, partition, reference, data, network } = result;
    expect(result.environment).toMatchObject({ variant: "simd", workers: 1 });
    const reading =
      'line 1 taken for a header: "x", "y", "class"; delimiter ","; classes in column "class"; 400 rows of 2 numbers';
    expect(data).toEqual({ train: 320, heldOut: 80, dimension: 2, trainedDimension: 2, reading });
    expect(training.loss).toHaveLength(6);
    expect(training.perRound.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clients.map(({ keepRatio }) => keepRatio)).toEqual([1, 0.5, 1, 0.5, 1]);
    const total = (key: "samples" | "flops" | "bytesUp" | "bytesDown") =>
      clients.reduce((sum, client) => sum + client[key], 0);
    expect(total("samples")).toBe(320);
    expect(total("flops")).toBe(training.flops);
    expect(total("bytesUp")).toBe(training.bytesUp);
    expect(total("bytesDown")).toBe(training.bytesDown);
    expect(partition?.counts.map((row) => row.reduce((sum, n) => sum + n, 0))).toEqual(
      clients.map(({ samples }) => samples),
    );
    expect(network.parameters).toBe(10 * 16 + 16 + 16 * 16 + 16 + 16 * 2 + 2);
    expect(coverage.histogram.reduce((sum, n) => sum + n, 0)).toBe(6 * network.parameters);
    expect(coverage.min).toBe(3);
    expect(coverage.neverCovered).toBe(0);
    expect(computed(reference).steps).toBe(6 * 5 * 3);
    for (const { value, low, high, reference: dense } of Object.values(result.measured).map(computed)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(dense).toBeDefined();
    }
  });

  test("data of a file have no lower bound, but a certificate against the training data and a variational bound", () => {
    const { lowerBound, lowerBoundNote, sandwich, variational } = resultSchema.parse(JSON.parse(first.stdout));
    expect(lowerBound).toBeNull();
    expect(lowerBoundNote).toMatch(/"csv" are read from files/);
    expect(computed(sandwich).rows.map(({ role, reason }) => [role, reason === null])).toEqual([
      ["lower bound", false],
      ["interval", false],
      ["estimate", false],
      ["certificate", true],
      ["a-priori bound", false],
    ]);
    const report = read(folder, "one", "report.html").toString();
    expect(report).toContain('<section id="sandwich">');
    expect(report).toContain(`<data value="${computed(variational).upper}"`);
  });

  test("samples.npy has the samples in the space of the data", () => {
    const { shape, values } = readNpy(read(folder, "one", "samples.npy"), "samples.npy");
    expect(shape).toEqual([64, 2]);
    expect(Math.max(...values)).toBeGreaterThan(2);
  });

  test("model.safetensors has PyTorch's names and shapes, and what sampling needs", () => {
    const { tensors, metadata } = readSafetensors(read(folder, "one", "model.safetensors"), "model.safetensors");
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ["layers.0.weight", [16, 10]],
      ["layers.0.bias", [16]],
      ["layers.1.weight", [16, 16]],
      ["layers.1.bias", [16]],
      ["layers.2.weight", [2, 16]],
      ["layers.2.bias", [2]],
    ]);
    expect(Object.keys(metadata).sort()).toEqual([
      "checksums",
      "format",
      "name",
      "network",
      "sampling",
      "schedule",
      "seed",
      "transform",
    ]);
  });

  test("log.jsonl has one line a round, between the start and the end", () => {
    const lines = events(join(folder, "one"));
    expect(
      lines.map(({ event, stage, round }) => [event, stage, round].filter((part) => part !== undefined).join(" ")),
    ).toEqual([
      "start",
      ...[0, 1, 2, 3, 4, 5].map((round) => `round training ${round}`),
      ...[0, 1, 2, 3, 4, 5].map((round) => `round reference ${round}`),
      "done",
    ]);
  });

  test("the same bytes of model and samples for 2 workers, as plain text this time", async () => {
    const { code, stdout } = await run("two", "--workers", "2");
    expect(code).toBe(0);
    expect(stdout).toContain("slicedWasserstein2");
    expect(stdout).toContain("two/report.html");
    for (const name of ["model.safetensors", "samples.npy"]) {
      expect(read(folder, "two", name).equals(read(folder, "one", name)), name).toBe(true);
    }
  });

  test("--resume writes the model of a finished run again where it is gone or damaged", {
    tags: ["slow"],
  }, async () => {
    const model = read(folder, "one", "model.safetensors");
    for (const spoil of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, model.subarray(0, 200)),
    ]) {
      spoil(join(folder, "one", "model.safetensors"));
      expect(await run("one", "--resume")).toMatchObject({ code: 0 });
      expect(read(folder, "one", "model.safetensors").equals(model)).toBe(true);
    }
  });

  test("a finished run is left alone by --resume", async () => {
    const before = read(folder, "one", "result.json");
    const { code, stdout, stderr } = await run("one", "--resume");
    expect(code).toBe(0);
    expect(stderr).toContain("one holds the finished run of this config already");
    expect(stdout).toContain("result of run small");
    expect(read(folder, "one", "result.json").equals(before)).toBe(true);
  });

  test("sample draws the run's own samples again, and more of them", async () => {
    const { code, stdout } = await callCli(
      ["sample", "one/model.safetensors", "--count", "70", "--out", "again.npy", "--variant", "simd", "--workers", "1"],
      folder,
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "again.npy: 70 samples of dimension 2, 8 evaluations of the network each\n",
    });
    const again = readNpy(read(folder, "again.npy"), "again.npy");
    const samples = readNpy(read(folder, "one", "samples.npy"), "samples.npy");
    expect(again.values.subarray(0, 128)).toEqual(samples.values);
    const engine = await simdEngine();
    const model = loadModel(engine, read(folder, "one", "model.safetensors"), "model.safetensors");
    expect(await sampleModel(engine, model, { count: 70 })).toEqual(again.values);
  });

  test("sample takes another seed, sampler and number of steps", async () => {
    const args = ["sample", "one/model.safetensors", "--count", "64", "--variant", "simd", "--workers", "1"];
    const { code } = await callCli(
      [...args, "--seed", "4", "--sampler", "ddim", "--steps", "3", "--out", "other.npy"],
      folder,
    );
    expect(code).toBe(0);
    const other = readNpy(read(folder, "other.npy"), "other.npy");
    const samples = readNpy(read(folder, "one", "samples.npy"), "samples.npy");
    expect(other.shape).toEqual(samples.shape);
    expect(other.values).not.toEqual(samples.values);
  });

  test("export writes graphs and models, of the network and of a client's part of it", async () => {
    const [graph, loop, small] = ["d.onnx", "s.onnx", "small.safetensors"].map((name) => join(folder, name));
    const run = join(folder, "one");
    const whole = await callCli([
      "export",
      run,
      "--onnx",
      graph,
      "--onnx-sampler",
      loop,
      "--sampler",
      "heun",
      "--steps",
      "3",
    ]);
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    expect(whole.stdout).toMatch(
      /^\S+d\.onnx: denoiser of 482 parameters, [\d.]+ kB\n\S+s\.onnx: sampler of 482 parameters, /,
    );
    const engine = await simdEngine();
    const model = loadModel(engine, read(run, "model.safetensors"), "model.safetensors");
    expect(new Uint8Array(read(graph))).toEqual(toOnnx(model));
    const grid = { ...model.sampling.grid, steps: 3 } as GridSpec;
    expect(new Uint8Array(read(loop))).toEqual(samplerToOnnx(model, { sampler: "heun", grid }));
    const part = await callCli(["export", run, "--client", "1", "--safetensors", small]);
    expect(part).toMatchObject({ code: 0, stderr: "" });
    expect(loadModel(engine, read(small), "small").network.hidden).toEqual([8, 8]);
    const alone = ["export", small, "--capacity", "0.25", "--masks", "magnitude", "--safetensors", small];
    expect(await callCli(alone)).toMatchObject({ code: 0, stderr: "" });
    expect(loadModel(engine, read(small), "small").network.hidden).toEqual([2, 2]);
  });

  test.each<[string, readonly string[], string]>([
    ["without a file", [], "export needs --onnx, --onnx-sampler or --safetensors"],
    [
      "into one file twice",
      ["--onnx", "same.onnx", "--onnx-sampler", "./same.onnx"],
      "--onnx-sampler must be another file than that of --onnx",
    ],
    ["with steps of no sampler", ["--onnx", "some.onnx", "--steps", "5"], "--steps needs --onnx-sampler"],
    [
      "of a client that is none",
      ["--client", "9", "--onnx", "x.onnx"],
      "--client must be below 5, the clients of the run, got 9",
    ],
    ["by masks alone", ["--masks", "prefix", "--onnx", "x.onnx"], "--masks needs --capacity or --client"],
    [
      "of steps with derivatives",
      ["--onnx-sampler", "x.onnx", "--sampler", "full-covariance"],
      "sampler full-covariance cannot be exported as a graph",
    ],
  ])("export is refused %s", async (_, options, message) => {
    const { code, stderr } = await callCli(["export", join(folder, "one"), ...options]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test.each([
    ["one/model.safetensors", "layers.1.weight  float32 [16, 16]"],
    ["one/result.json", "6 rounds in "],
    ["one/samples.npy", "[64, 2]"],
  ])("inspect says what is in %s", async (file, text) => {
    const { code, stdout } = await callCli(["inspect", join(folder, file)]);
    expect(code).toBe(0);
    expect(stdout).toContain(text);
  });

  test("a config whose points cannot train fails with 1, and leaves no temporary file", async () => {
    writeSmallRun(folder, { training: { rounds: 3, optimizer: { kind: "sgd", learningRate: 1e38 } } });
    const { code, stderr } = await run("broken");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fedscore: round 0: client \d+ .*step \d+$/m);
    expect(stderr).toMatch(/^fedscore: kept: .*log\.jsonl; no round was complete$/m);
    expect(readdirSync(join(folder, "broken"))).toEqual(["log.jsonl"]);
    expect(events(join(folder, "broken")).at(-1)).toMatchObject({ event: "failed" });
  });
});

describe("an interrupted run", { tags: ["slow"] }, () => {
  const { path: folder, remove } = temporaryFolder();
  const args = (out: string, ...options: string[]) => [
    "run",
    "config.json",
    "--out",
    out,
    "--variant",
    "simd",
    "--workers",
    "1",
    ...options,
  ];
  beforeAll(() => writeSmallRun(folder, { training: { rounds: 80, localSteps: 3, batchSize: 32, ema: 0.9 } }));
  afterAll(remove);

  test("exits with 130 and a checkpoint; --resume goes on to the same bytes", async () => {
    const { child, outcome } = startCli(args("cut"), folder);
    const log = join(folder, "cut", "log.jsonl");
    while (!existsSync(log) || readFileSync(log, "utf8").split("\n").length < 6) await sleep(5);
    child.kill("SIGINT");
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted: keeping the last complete round");
    expect(stderr).toContain("the same command with --resume goes on from here");
    expect(readdirSync(join(folder, "cut")).sort()).toEqual(["checkpoint.bin", "log.jsonl"]);
    const rounds = events(join(folder, "cut")).filter(({ event }) => event === "round").length;
    expect(rounds).toBeLessThan(80);

    const refused = await callCli(args("cut"), folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "it holds an interrupted run: choose --resume to go on, or --overwrite to start again",
    );

    const [resumed, whole] = [await callCli(args("cut", "--resume"), folder), await callCli(args("whole"), folder)];
    expect([resumed.code, whole.code]).toEqual([0, 0]);
    expect(resumed.stderr).toContain(`training: from ${rounds}/80`);
    for (const name of ["model.safetensors", "samples.npy"]) {
      expect(read(folder, "cut", name).equals(read(folder, "whole", name)), name).toBe(true);
    }
    const [cut, same] = ["cut", "whole"].map((out) =>
      withoutTimes(resultSchema.parse(JSON.parse(read(folder, out, "result.json").toString()))),
    );
    expect(cut).toEqual(same);
  });

  test("a damaged checkpoint is refused with 2", async () => {
    rmSync(join(folder, "cut"), { recursive: true });
    const { child, outcome } = startCli(args("cut"), folder);
    const checkpoint = join(folder, "cut", "checkpoint.bin");
    while (!existsSync(checkpoint)) await sleep(5);
    child.kill("SIGKILL");
    await outcome;
    const bytes = read(checkpoint);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(checkpoint, bytes);
    const { code, stderr } = await callCli(args("cut", "--resume"), folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fedscore: cannot resume from .*: its checksum does not match/m);
  });
});

test("fedscore doctor finds that it can run here", async () => {
  const { code, stdout } = await spawnCli(["doctor"], ".");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^worker +comlink.* answers$/m);
  expect(stdout).toContain("fedscore can run here.");
});
