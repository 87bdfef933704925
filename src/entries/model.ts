/**
 * "fedscore/model": model.safetensors, the trained model that a run writes, opened, sampled and exported anywhere.
 * @module fedscore/model
 */
export { type FilledTable, type FillTableOptions, fillTable, fillTableInPool } from "../model/fill-table.js";
export { loadModel } from "../model/load-model.js";
export type { Model, ModelSampling, ModelTable } from "../model/model.js";
export { prunedModel } from "../model/pruned-model.js";
export type { RowWeight } from "../model/row-weights.js";
export {
  type GivenChoice,
  type SampleModelGivenOptions,
  sampleModelGiven,
  sampleModelGivenInPool,
} from "../model/sample-given.js";
export {
  type SampledBlock,
  type SampleModelOptions,
  sampleBlocks,
  sampleModel,
  sampleModelInPool,
} from "../model/sample-model.js";
export { type SampleChoice, sampledClasses } from "../model/sample-request.js";
export { type SampledTable, type SampleTableOptions, sampleTable } from "../model/sample-table.js";
export { saveModel } from "../model/save-model.js";
export { type OnnxSamplerOptions, samplerToOnnx, toOnnx } from "../model/to-onnx.js";
