import { canonicalJson } from "../canonical-json.js";
import { createGrid } from "../diffusion/grids/index.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import { FedscoreError } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { Model, ModelSampling } from "./model.js";
import { denoiserGraph } from "./onnx/denoiser.js";
import { type GraphParts, modelMessage } from "./onnx/messages.js";
import { samplerGraph } from "./onnx/sampler.js";
import { joined, lengthOf } from "./onnx/wire.js";
import { requireModel } from "./require-model.js";
import { requestOf, type SampleChoice } from "./sample-request.js";

/** How an exported sampler samples, where it differs from the model's run. */
export type OnnxSamplerOptions = Pick<SampleChoice, "sampler" | "grid" | "guidance">;

const samplerKeys = keysOf<OnnxSamplerOptions>({ sampler: true, grid: true, guidance: true });

/** A message of Protocol Buffers has at most 2^31 - 1 bytes. */
const mostBytes = 2 ** 31 - 1;

/**
 * The denoiser of a model as the bytes of an ONNX file (opset 13; docs/export.md). Inputs: `x` float32 [n, d], in the space of the network and variance
 * preserving; `log_snr` float32 [n], log(alpha^2 / sigma^2) of each row; of a model with K classes `class` int64 [n], K where a row has none. Outputs: `denoised`
 * float32 [n, d] and, where the model has transforms, `denoised_data`, the same in the space of the data. Needs neither an engine nor Node.
 * @throws ArgumentError, ArgumentTypeError as `saveModel`; FedscoreError FEDSCORE_UNSUPPORTED for more than 2 GiB.
 */
export function toOnnx(model: Model): Uint8Array<ArrayBuffer> {
  requireModel(model);
  return fileOf(model, denoiserGraph(model), model.sampling);
}

/**
 * Sampling from a model as the bytes of an ONNX file: all steps of its sampler on its grid, in one loop. Inputs: `noise` float32 [n, d], standard normals to begin with; where
 * the sampler adds noise `step_noise` float32 [draws, n, d]; of a model with classes `class` int64 [n]. Output: `samples` float32 [n, D], in the space of the data.
 * @throws as `toOnnx`; FedscoreError FEDSCORE_UNSUPPORTED for samplers with Jacobians (jvp, full-covariance) or with steps of their own (rk45).
 */
export function samplerToOnnx(model: Model, options: OnnxSamplerOptions = {}): Uint8Array<ArrayBuffer> {
  requireModel(model);
  const request = requestOf(model, requireOptions("options", options, samplerKeys));
  const { sampler, grid, conditioned } = request;
  const guidance = conditioned && { guidance: conditioned.guidance };
  return fileOf(model, samplerGraph(model, request), { ...model.sampling, sampler, grid, ...guidance });
}

function fileOf(model: Model, graph: GraphParts, sampling: ModelSampling): Uint8Array<ArrayBuffer> {
  const { name, network, schedule, seed, classCounts, imageShape } = model;
  const clock = createSchedule(schedule);
  const facts = {
    ...{ name, network, schedule, sampling, seed },
    log_snr: Array.from(createGrid(sampling.grid, clock).times, (t) => clock.logSnr(t)),
    ...(classCounts && { classCounts }),
    ...(imageShape && { imageShape }),
  };
  const metadata = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, canonicalJson(value)]));
  const pieces = modelMessage(graph, `fedscore ${graph.name}: ${name}`, metadata);
  const length = lengthOf(pieces);
  if (length <= mostBytes) return joined(pieces);
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", `an ONNX file has at most ${mostBytes} bytes, not ${length}`, {
    length,
  });
}
