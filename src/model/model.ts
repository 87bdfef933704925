import type { Transform } from "../data/transforms/index.js";
import type { GridSpec } from "../diffusion/grids/index.js";
import type { SamplerSpec } from "../diffusion/samplers/index.js";
import type { NoiseScheduleSpec } from "../diffusion/schedules/index.js";
import type { Guidance } from "../network/conditioned.js";
import type { NetworkSpec } from "../network/spec.js";
import type { CalibratedEncoding } from "../tables/calibration/table-calibration.js";
import type { TableDialect } from "../tables/csv/table-dialect.js";
import type { TableSchema } from "../tables/schema/field.js";

/** How a run sampled its model; of a certified grid the times. */
export interface ModelSampling {
  readonly sampler: SamplerSpec;
  readonly grid: GridSpec;
  /** Samples that the run drew. */
  readonly count: number;
  /** Whether E[X_0 | x_delta] was returned in place of x_delta. */
  readonly denoiseLast: boolean;
  /** Of a network with classes: how these steered samples. Absent: as the network says. */
  readonly guidance?: Guidance | undefined;
}

/** SHA-256 as 64 hexadecimal digits: which data and which config a model is of. */
export interface ModelChecksums {
  /** Of the training and held-out rows. */
  readonly data: string;
  /** Of all of the config that decides results. */
  readonly config: string;
}

/** Of which table the vectors of a model are rows: `decodeDrawn(table, samples)` makes rows of them, `writeTable` writes these as their file was. */
export interface ModelTable extends CalibratedEncoding {
  readonly schema: TableSchema;
  readonly dialect: TableDialect;
}

/** A trained score network with all that sampling from it needs. */
export interface Model {
  readonly name: string;
  readonly network: NetworkSpec;
  /** float32 [P], laid out by layoutOf(network). */
  readonly parameters: Float32Array;
  readonly schedule: NoiseScheduleSpec;
  /** From the space of the data to that of the network. */
  readonly transform: Transform;
  readonly sampling: ModelSampling;
  /** Seed of its run. */
  readonly seed: number;
  /** Of what its run was made from, where a run made it. */
  readonly checksums?: ModelChecksums;
  /** Of a network with classes: training rows of each, by which samples draw theirs. Absent: as many of each. */
  readonly classCounts?: readonly number[];
  /** [height, width] where rows of data are grey images. */
  readonly imageShape?: readonly [number, number];
  /** Where rows of data are those of a table, as vectors. */
  readonly table?: ModelTable;
}
