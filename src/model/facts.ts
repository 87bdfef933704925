import { mostCoordinates } from "../data/transforms/encoding.js";
import type { Transform } from "../data/transforms/index.js";
import { createGrid, type GridSpec, grids } from "../diffusion/grids/index.js";
import { createSampler, type SamplerSpec, samplers, settledSamplers } from "../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec, schedules } from "../diffusion/schedules/index.js";
import { ArgumentError, ArgumentTypeError, requireInteger, requireObject } from "../errors.js";
import type { Fields } from "../family.js";
import { oneOf } from "../fields.js";
import { type Guidance, plainGuidance, requireConditioned, requireGuidance } from "../network/conditioned.js";
import { type NetworkSpec, networkKeys, requireNetwork } from "../network/spec.js";
import { requireCalibration } from "../tables/calibration/check.js";
import type { TableCalibration } from "../tables/calibration/table-calibration.js";
import { requireDialect } from "../tables/csv/check.js";
import { requireEncoding } from "../tables/encoding/check.js";
import type { TableEncoding } from "../tables/encoding/column-encoding.js";
import { codecOf } from "../tables/schema/codec-of.js";
import type { TableSchema } from "../tables/schema/field.js";
import { requireSchema } from "../tables/schema/parse.js";
import type { Model, ModelChecksums, ModelSampling, ModelTable } from "./model.js";
import { mostSamples } from "./sample-request.js";

/** What the metadata of a file say of a model: all but its parameters; of the transform what its `toJSON` gave. */
export interface ModelFacts extends Omit<Model, "parameters" | "transform"> {
  readonly transform: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** @throws ArgumentError or ArgumentTypeError naming the part, "network.hidden[0]". */
export function readFacts(values: Values): ModelFacts {
  const keys = [
    "name",
    "network",
    "schedule",
    "transform",
    "sampling",
    "seed",
    "imageShape",
    "checksums",
    "classCounts",
    "table",
  ];
  const { name, network, schedule, transform, sampling, seed, ...others } = withKeys("metadata", values, keys);
  const { imageShape, checksums, classCounts, table } = others;
  const clock = readSchedule(schedule);
  const spec = readNetwork(network);
  return {
    name: readName(name),
    network: spec,
    schedule: clock,
    transform,
    sampling: readSampling(sampling, clock, spec),
    seed: integerIn("seed", seed, 0),
    ...(imageShape !== undefined && { imageShape: readShape(imageShape) }),
    ...(checksums !== undefined && { checksums: readChecksums(checksums) }),
    ...(classCounts !== undefined && { classCounts: readClassCounts(classCounts, spec) }),
    ...(table !== undefined && { table: readTableFacts(table) }),
  };
}

/**
 * That the parts of a model fit one another.
 * @throws ArgumentError naming the part.
 */
export function requireAgreement(
  facts: ModelFacts,
  transform: Pick<Transform, "inputDimension" | "outputDimension">,
): void {
  const { network, imageShape, table, sampling } = facts;
  const { inputDimension, outputDimension } = transform;
  requireInteger("transform.inputDimension", inputDimension, 1, mostCoordinates);
  requireInteger("transform.outputDimension", outputDimension, 1, mostCoordinates);
  if (network.dimension !== outputDimension) {
    throw new ArgumentError(
      "network.dimension",
      `must be ${outputDimension}, the dimension after the transform`,
      network.dimension,
    );
  }
  if (imageShape && imageShape[0] * imageShape[1] !== inputDimension) {
    throw new ArgumentError("imageShape", `must be a shape of ${inputDimension} pixels`, `[${imageShape.join(", ")}]`);
  }
  if (table && table.encoding.dimension !== inputDimension) {
    const rule = `must be ${inputDimension}, the dimension before the transform`;
    throw new ArgumentError("table.encoding.dimension", rule, table.encoding.dimension);
  }
  requireInteger("sampling.count", sampling.count, 1, mostSamples(network));
}

/** Longest name of a model. */
const longestName = 200;

function readName(value: unknown): string {
  const rule = `must be a text of at most ${longestName} characters, none of which controls a terminal`;
  if (typeof value !== "string") throw new ArgumentTypeError("name", rule, value);
  if (value.length > longestName || /\p{C}/u.test(value)) throw new ArgumentError("name", rule, value);
  return value;
}

function readNetwork(value: unknown): NetworkSpec {
  return requireNetwork("network", withKeys("network", value, networkKeys));
}

function readSchedule(value: unknown): NoiseScheduleSpec {
  const spec = memberOf<NoiseScheduleSpec>("schedule", value, schedules);
  createSchedule(spec);
  return spec;
}

function readSampling(value: unknown, schedule: NoiseScheduleSpec, network: NetworkSpec): ModelSampling {
  const { sampler, grid, count, denoiseLast, guidance } = withKeys("sampling", value, [
    "sampler",
    "grid",
    "count",
    "denoiseLast",
    "guidance",
  ]);
  const spec = memberOf<GridSpec>("sampling.grid", grid, grids);
  createGrid(spec, createSchedule(schedule));
  return {
    sampler: readSampler(sampler),
    grid: spec,
    count: integerIn("sampling.count", count, 1),
    denoiseLast: booleanOf("sampling.denoiseLast", denoiseLast),
    ...(guidance !== undefined && { guidance: readGuidance(guidance, network) }),
  };
}

function readGuidance(value: unknown, network: NetworkSpec): Guidance {
  const argument = "sampling.guidance";
  if (network.classes === undefined) throw new ArgumentError(argument, "needs a network with classes", value);
  const { scale, interval } = withKeys(argument, value, ["scale", "interval"]) as { scale: number; interval?: never };
  const guidance = { scale, ...(interval !== undefined && { interval }) };
  requireGuidance(argument, guidance);
  return guidance;
}

function readClassCounts(value: unknown, network: NetworkSpec): readonly number[] {
  const shares = listOf("classCounts", value).map((count, index) => integerIn(`classCounts[${index}]`, count, 0));
  requireConditioned("classCounts", network, { shares, guidance: plainGuidance });
  return shares;
}

function readSampler(value: unknown): SamplerSpec {
  if (typeof value !== "object") return nameIn("sampling.sampler", value, samplers);
  const spec = memberOf<SamplerSpec>("sampling.sampler", value, settledSamplers);
  createSampler(spec, "sampling.sampler");
  return spec;
}

function readChecksums(value: unknown): ModelChecksums {
  const { data, config } = withKeys("checksums", value, ["data", "config"]);
  return { data: digestOf("checksums.data", data), config: digestOf("checksums.config", config) };
}

function readShape(value: unknown): readonly [number, number] {
  const [height, width, ...more] = listOf("imageShape", value);
  if (more.length > 0) throw new ArgumentError("imageShape", "must be [height, width]", value);
  return [integerIn("imageShape[0]", height, 1), integerIn("imageShape[1]", width, 1)];
}

/** @throws ArgumentError or ArgumentTypeError naming the part, "table.schema.fields[0].name". */
function readTableFacts(value: unknown): ModelTable {
  const keys = ["schema", "dialect", "encoding", "calibration"];
  const { schema, dialect, encoding, calibration } = withKeys("table", value, keys);
  const table = {
    schema: requireSchema("table.schema", schema),
    dialect: requireDialect("table.dialect", dialect),
    encoding: requireEncoding("table.encoding", objectOf("table.encoding", encoding) as unknown as TableEncoding),
  };
  requireColumnsOf(table.schema, table.encoding);
  if (calibration === undefined) return table;
  const given = objectOf("table.calibration", calibration) as unknown as TableCalibration;
  return { ...table, calibration: requireCalibration("table.calibration", given, table.encoding) };
}

/** That the encoding has the columns of the schema. */
function requireColumnsOf({ fields }: TableSchema, { columns }: TableEncoding): void {
  if (columns.length !== fields.length)
    throw new ArgumentError("table.encoding.columns", `must be ${fields.length}, as the schema has`, columns.length);
  for (const [index, { kind, name }] of columns.entries()) {
    const field = fields[index];
    const { kind: wanted } = codecOf(field);
    if (name === field.name && kind === wanted) continue;
    const rule = `must be the ${wanted} column ${JSON.stringify(field.name)}, as in the schema`;
    throw new ArgumentError(`table.encoding.columns[${index}]`, rule, `${kind} ${name}`);
  }
}

/** A specification without keys that its member does not know, in the member's order; whoever creates from it checks the settings. */
function memberOf<Spec>(
  argument: string,
  value: unknown,
  family: Readonly<Record<string, { readonly fields: Fields }>>,
) {
  const { kind } = objectOf(argument, value);
  const { fields } = family[nameIn(`${argument}.kind`, kind, family)];
  const keys = ["kind", ...Object.keys(fields)];
  const spec = withKeys(argument, value, keys);
  return Object.fromEntries(keys.filter((key) => key in spec).map((key) => [key, spec[key]])) as Spec;
}

/** An object that has no other keys than these. */
function withKeys(argument: string, value: unknown, known: readonly string[]): Values {
  const object = objectOf(argument, value);
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return object;
  throw new ArgumentError(argument, `must have no other keys than ${known.join(", ")}`, unknown);
}

function objectOf(argument: string, value: unknown): Values {
  return requireObject(argument, value as Values);
}

function listOf(argument: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentTypeError(argument, "must be an array", value);
  return value;
}

function booleanOf(argument: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new ArgumentTypeError(argument, "must be true or false", value);
  return value;
}

function digestOf(argument: string, value: unknown): string {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new ArgumentError(argument, "must be 64 hexadecimal digits", value);
}

function integerIn(argument: string, value: unknown, low: number): number {
  return requireInteger(argument, value as number, low);
}

function nameIn<T extends object>(argument: string, value: unknown, family: T): Extract<keyof T, string> {
  const names = Object.keys(family) as Extract<keyof T, string>[];
  const name = names.find((each) => each === value);
  if (name === undefined) throw new ArgumentError(argument, oneOf(names), value);
  return name;
}
