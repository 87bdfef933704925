// @module-tag slow
/** The types of the packed tarball, in the projects of strict strangers. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { pageSubPaths } from "./sub-paths.js";

const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const withZod = ["experiment", "report"];

const strict = {
  target: "ES2022",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
};

/** Options that may be undefined are passed on as they are, and literals keep their types where they are given. */
const consumer = `import { createEngine, createFederation, createGrid, createMaskFamily, createSchedule, createTarget, openPool, poolTransport, sample, samplers, ScoreNetwork } from "fedscore";

export async function train(signal?: AbortSignal, workers?: number, ema?: number): Promise<Float32Array> {
  const engine = await createEngine();
  const { points } = createTarget({ kind: "moons" }).sample(engine, 100, 1);
  const pool = await openPool(engine, { workers });
  const federation = createFederation(engine, {
    network: { dimension: 2, hidden: [8], activation: "silu", residual: false, noiseFeatures: 4, parameterization: "edm", sigmaData: 1 },
    schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
    training: {
      batchSize: 8,
      optimizer: { kind: "adam", learningRate: 0.002, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 },
      weighting: "simple",
      levels: { count: 16, spacing: "time" },
    },
    points,
    clients: [{ rows: Uint32Array.of(0, 1), keepRatio: 1 }],
    maskFamily: createMaskFamily({ kind: "prefix" }),
    rounds: 1, localSteps: 1, participation: 1, weighting: "uniform", ema,
    server: { kind: "fedavg", learningRate: 1 }, nonFinite: "stop", seed: 1, transport: poolTransport(pool),
  });
  for await (const { loss } of federation.train({ signal })) if (loss === undefined || loss > 1) break;
  const schedule = createSchedule(federation.options.schedule);
  const denoiser = new ScoreNetwork(federation.options.network, federation.samplingParameters);
  const grid = createGrid({ kind: "uniform-log-snr", steps: 5 }, schedule);
  return sample(engine, { denoiser, schedule, grid, sampler: samplers.ddim, count: 3, seed: 1, signal });
}
`;

const projects = {
  "in Node's resolution, without the DOM library and without Node's types": {
    compilerOptions: { ...strict, module: "NodeNext", lib: ["ES2023"] },
    imports: [...pageSubPaths, "nats"],
  },
  "in a bundler's resolution, with the DOM library": {
    compilerOptions: { ...strict, module: "ESNext", moduleResolution: "bundler", lib: ["ES2023", "DOM"] },
    imports: [...pageSubPaths, "nats", ...withZod],
  },
};

it.each(Object.entries(projects))("are correct %s", async (name, { compilerOptions, imports }) => {
  const folder = join(inject("stranger"), `types-${name.length}`);
  await mkdir(folder, { recursive: true });
  const named = imports.map((path) => `export * as ${path} from "fedscore/${path}";`).join("\n");
  await writeFile(join(folder, "consumer.ts"), consumer);
  await writeFile(join(folder, "sub-paths.ts"), `${named}\n`);
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["consumer.ts", "sub-paths.ts"] }),
  );
  const problems = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    () => "",
    ({ stdout }) => stdout,
  );
  expect(problems).toBe("");
});
