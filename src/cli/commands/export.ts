import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type SamplerSpec, samplerName } from "../../diffusion/samplers/index.js";
import { ArgumentError } from "../../errors.js";
import { requireWritable, writeAtomically } from "../../experiment/files/atomic.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { createEngine, type Engine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import type { Model } from "../../model/model.js";
import { prunedModel } from "../../model/pruned-model.js";
import { saveModel } from "../../model/save-model.js";
import { samplerToOnnx, toOnnx } from "../../model/to-onnx.js";
import { layoutOf } from "../../network/spec.js";
import { maskFamilies } from "../../pruning/families/index.js";
import { InThreadPool } from "../../workers/in-thread.js";
import { clientMask, type SubmodelChoice } from "../client-mask.js";
import { withExamples } from "../examples.js";
import { gridToSample } from "../grid-to-sample.js";
import { gridWithSteps } from "../grid-with-steps.js";
import { interruptible } from "../interrupt.js";
import { integer, number } from "../options.js";
import { printJson, printResult } from "../output.js";
import { formatBytes } from "../print.js";
import { runPath } from "../run-path.js";
import { samplerOption } from "../sampler-option.js";

interface ExportArguments extends SubmodelChoice {
  readonly onnx?: string;
  readonly onnxSampler?: string;
  readonly safetensors?: string;
  readonly sampler?: SamplerSpec;
  readonly steps?: number;
  readonly guidance?: number;
  readonly dataFolder: string;
  readonly json?: boolean;
}

const about = `
The denoiser takes x [n, d], in the space of the network, log_snr [n], the log of alpha^2 / sigma^2 of each row, and class [n] of a model with
classes; it gives denoised [n, d] and, where the run has transforms, denoised_data [n, D]. The sampler takes noise [n, d], step_noise
[draws, n, d] where its steps add noise, and class; it gives samples [n, D]. Details: docs/export.md.`;

export function exportCommand(): Command {
  const command = new Command("export")
    .description("write a trained model, or a client's smaller part of it, for other programs")
    .argument("<run>", "folder of a run, or the model.safetensors in it")
    .option("--onnx <file>", "the denoiser as an ONNX graph")
    .option(
      "--onnx-sampler <file>",
      "sampling as an ONNX graph: all steps in one loop, from noise that the caller draws",
    )
    .option("--safetensors <file>", "the model as model.safetensors has it: of use with --capacity or --client")
    .option(
      "--client <number>",
      "the part that this client of the run would have in the next round that it takes part in",
      integer(0),
    )
    .option("--capacity <share>", "a part of the network that keeps this share of each hidden layer", number(1e-6, 1))
    .addOption(
      new Option("--masks <family>", "how the part is chosen (default: as in the run)").choices(
        Object.keys(maskFamilies),
      ),
    )
    .addOption(samplerOption())
    .option("--steps <number>", "sampling steps (default: those of the run)", integer(1, 100_000))
    .option("--guidance <scale>", "scale of the guidance by the class (default: that of the run)", number(0, 100))
    .option(
      "--data-folder <folder>",
      "folder that data files of the config are relative to, where a sampler needs errors that the run did not measure",
      ".",
    )
    .option("--json", "say what was written as JSON on stdout")
    .action(exportModel);
  return withExamples(
    command,
    [
      ["fedscore export runs/ring --onnx ring.onnx", "the denoiser"],
      ["fedscore export runs/ring --onnx-sampler sampler.onnx --sampler ddim", "all steps, in one graph"],
      ["fedscore export runs/ring --client 3 --onnx small.onnx", "the part that client 3 would have in its next round"],
      [
        "fedscore export runs/ring --capacity 0.25 --masks magnitude --safetensors small.safetensors",
        "a quarter of each layer",
      ],
    ],
    about,
  );
}

async function exportModel(path: string, options: ExportArguments): Promise<void> {
  const { onnx, onnxSampler, safetensors, json } = options;
  const { folder, model: modelPath } = runPath(path);
  const bytes = readBytes(modelPath);
  const files = [onnx, onnxSampler, safetensors].filter((file) => file !== undefined);
  if (files.length === 0)
    throw new ArgumentError("export", "needs --onnx, --onnx-sampler or --safetensors", "none of them");
  requireApart(options);
  files.forEach(requireWritable);
  const engine = await createEngine({ variant: "simd" });
  const model = partOf(engine, loadModel(engine, bytes, modelPath), folder, options);
  const written: { out: string; what: string; bytes: number }[] = [];
  const write = async (out: string, content: Uint8Array, what: string): Promise<void> => {
    writeAtomically(out, content);
    written.push({ out, what, bytes: content.length });
    if (!json) await printResult(`${out}: ${what} of ${parameters} parameters, ${formatBytes(content.length)}\n`);
  };
  const { size: parameters } = layoutOf(model.network);
  if (onnx !== undefined) await write(onnx, toOnnx(model), "denoiser");
  if (onnxSampler !== undefined) await write(onnxSampler, await samplerOf(engine, model, folder, options), "sampler");
  if (safetensors !== undefined) await write(safetensors, saveModel(model), "model");
  if (json) await printJson({ parameters, written });
}

/** Each file by itself, and what is said of a sampler only where there is one. */
function requireApart({ onnx, onnxSampler, safetensors, sampler, steps, guidance }: ExportArguments): void {
  const paths = Object.entries({ "--onnx": onnx, "--onnx-sampler": onnxSampler, "--safetensors": safetensors });
  const seen = new Map<string, string>();
  for (const [option, path] of paths) {
    if (path === undefined) continue;
    const other = seen.get(resolve(path));
    if (other !== undefined) throw new ArgumentError(option, `must be another file than that of ${other}`, path);
    seen.set(resolve(path), option);
  }
  if (onnxSampler !== undefined) return;
  for (const [option, value] of Object.entries({
    "--sampler": sampler && samplerName(sampler),
    "--steps": steps,
    "--guidance": guidance,
  }))
    if (value !== undefined) throw new ArgumentError(option, "needs --onnx-sampler", value);
}

function partOf(engine: Engine, model: Model, folder: string, choice: SubmodelChoice): Model {
  if (choice.capacity !== undefined || choice.client !== undefined)
    return prunedModel(engine, model, clientMask(engine, model, folder, choice));
  if (choice.masks === undefined) return model;
  throw new ArgumentError("--masks", "needs --capacity or --client", choice.masks);
}

async function samplerOf(
  engine: Engine,
  model: Model,
  folder: string,
  { sampler, steps, guidance: scale, dataFolder }: ExportArguments,
): Promise<Uint8Array> {
  const guidance = scale === undefined ? undefined : { ...model.sampling.guidance, scale };
  const wished = steps === undefined ? undefined : gridWithSteps(model, steps);
  const choice = { sampler, grid: wished, folder, dataFolder };
  const grid = await interruptible(
    () => undefined,
    (signal) => gridToSample(engine, new InThreadPool(engine), model, { ...choice, signal }),
  );
  return samplerToOnnx(model, { sampler, grid, guidance });
}
