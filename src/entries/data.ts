/**
 * "fedscore/data": data sets and their files, splits, moments and invertible transforms.
 * @module fedscore/data
 */
export { type Dataset, rowCount, selectRows } from "../data/dataset.js";
export { type CsvOptions, type CsvTable, readCsv } from "../data/formats/csv.js";
export type { NumberValues } from "../data/formats/elements.js";
export type { DataFile } from "../data/formats/format.js";
export { type IdxArray, readIdx, writeIdx } from "../data/formats/idx.js";
export { type DataFormatSpec, formats } from "../data/formats/index.js";
export { type NpyArray, readNpy, writeNpy } from "../data/formats/npy.js";
export { type NamedArray, readNpz, writeNpz } from "../data/formats/npz.js";
export { readSafetensors, type SafetensorsFile, type Tensor, writeSafetensors } from "../data/formats/safetensors.js";
export { writeCsv } from "../data/formats/write-csv.js";
export { loadMnist, mnistFiles, parseMnist } from "../data/mnist.js";
export { clientMoments, covarianceOf, type Moments, meanOf, sumMoments, summedMoments } from "../data/moments.js";
export { type ReadOptions, readDataset } from "../data/read.js";
export { type DataSplit, type SplitOptions, splitDataset } from "../data/split.js";
export { fitTransforms, type TransformSpec, transformFromJSON } from "../data/transforms/index.js";
export type { Transform, TransformData } from "../data/transforms/transform.js";
