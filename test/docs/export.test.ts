import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { levelOfLogSnr } from "../../src/diffusion/schedule.js";
import type { Model } from "../../src/model/model.js";
import { prunedModel } from "../../src/model/pruned-model.js";
import { saveModel } from "../../src/model/save-model.js";
import { toOnnx } from "../../src/model/to-onnx.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { simdEngine } from "../support/engines.js";
import { testModels } from "../support/models.js";
import { testNumbers } from "../support/numbers.js";
import { relativeError } from "../support/onnx-cases.js";
import { describeTorch } from "../support/torch.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/docs/export");
const rows = 4;
const levels = [-8, -0.5, 7];

const engine = await simdEngine();

/** Every seventh of the models, whole and cut to half of its width. */
const all = testModels(engine);
const models = all.flatMap((model, index) => {
  if (index % 7 > 0) return [];
  const { network: spec, parameters, seed } = model;
  const clients = [{ id: 0, keepRatio: 0.5 }];
  const [mask] = maskFamilies.magnitude.assign({ engine, spec, parameters, seed, round: 0, clients });
  return [model, { ...prunedModel(engine, model, mask), name: `half of ${model.name}` }];
});

const pointsOf = ({ network }: Model) => testNumbers(rows * network.dimension, 8).map((value) => 2 * value);

/** The class that all rows have. */
const classOf = ({ network: { classes }, seed }: Model) => (classes === undefined ? undefined : seed % classes);

/** The module of the page, and what asks it: {model, points: [n, d], levels, class} to the rows denoised at each level, and after a step from the first to the second. */
const program = (blocks: readonly string[]) => `${blocks.join("\n")}
import sys

def answer(model, points, levels, label):
    denoiser, x = Denoiser(model), torch.tensor(points)
    classes = None if label is None else torch.full((len(x),), label)
    denoised = [denoiser(x, torch.full((len(x),), float(level)), classes).flatten().tolist() for level in levels]
    return {"denoised": denoised, "step": ddim_step(denoiser, x, levels[0], levels[1], classes).flatten().tolist()}

with torch.no_grad():
    json.dump([answer(*request) for request in json.load(sys.stdin)], sys.stdout)
`;

function denoised(model: Model, points: Float32Array, logSnr: number): Float32Array {
  const { network, parameters } = model;
  return engine.arena.scope(() => {
    const x = engine.arena.copyIn(points).pointer;
    const output = engine.arena.floats(points.length);
    const count = points.length / network.dimension;
    const session = new ScoreNetwork(network, parameters, classOf(model)).open(engine, count);
    session.denoise(x, count, levelOfLogSnr(logSnr, 0), output.pointer);
    return output.array.slice();
  });
}

interface Answer {
  readonly denoised: readonly (readonly number[])[];
  readonly step: readonly number[];
}

const page = readFileSync(join(root, "docs/export.md"), "utf8");

it("docs/export.md: the example for onnxruntime-web prints denoised points", async () => {
  const [, code] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "example.mjs"), code);
  const model = all.find(({ network }) => network.dimension === 2 && network.classes === undefined) as Model;
  writeFileSync(join(folder, "denoiser.onnx"), toOnnx(model));
  const { stdout } = await promisify(execFile)(process.execPath, ["example.mjs"], { cwd: folder });
  const [dims, numbers] = stdout.split("Float32Array(4)");
  expect(dims.trim()).toBe("[ 2, 2 ]");
  const printed = Float32Array.from(numbers.match(/-?\d[\d.e+-]*/g) ?? [], Number);
  const rows = [Float32Array.of(0.3, -1), Float32Array.of(2, 0.5)].map((x, row) => denoised(model, x, [-2, 1.5][row]));
  expect(relativeError(printed, Float32Array.from(rows.flatMap((x) => [...x])))).toBeLessThan(1e-5);
});

describeTorch("docs/export.md: the PyTorch module denoises as the library does", (runPython) => {
  let answers: readonly Answer[];

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    const blocks = [...page.slice(page.indexOf("## PyTorch")).matchAll(/```python\n([\s\S]*?)```/g)].map(
      ([, code]) => code,
    );
    expect(blocks).toHaveLength(2);
    writeFileSync(join(folder, "module.py"), program(blocks));
    const requests = models.map((model, index) => {
      const path = join(folder, `${index}.safetensors`);
      writeFileSync(path, saveModel(model));
      const [points, d] = [pointsOf(model), model.network.dimension];
      const matrix = Array.from({ length: rows }, (_, row) => [...points.subarray(row * d, (row + 1) * d)]);
      return [path, matrix, levels, classOf(model) ?? null];
    });
    answers = runPython(join(folder, "module.py"), requests) as readonly Answer[];
  }, 120_000);

  it.each(models.map((model, index) => [index, model.name, model] as const))("%i: %s", (index, _, model) => {
    const points = pointsOf(model);
    const expected = levels.map((level) => denoised(model, points, level));
    expected.forEach((matrix, k) => {
      expect(relativeError(answers[index].denoised[k], matrix)).toBeLessThan(1e-5);
    });
    const [at, to] = levels.map((level) => levelOfLogSnr(level, 0));
    const step = points.map(
      (x, i) => (to.sigma / at.sigma) * x + (to.alpha - (at.alpha * to.sigma) / at.sigma) * expected[0][i],
    );
    expect(relativeError(answers[index].step, step)).toBeLessThan(1e-5);
  });
});
