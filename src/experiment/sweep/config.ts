import { dirname, resolve } from "node:path";
import * as z from "zod";
import { FedscoreError } from "../../errors.js";
import { type Assignment, assigned } from "../config/assignments.js";
import { type Json, merged } from "../config/paths.js";
import { integerIn, nameIn, numberIn } from "../config/rules.js";
import { validated } from "../config/validated.js";
import { readJson } from "../files/read-json.js";
import { jobKinds } from "./jobs/index.js";
import { type MeasurePath, requirePossible } from "./measure-paths.js";

const name = z
  .string("must be a name")
  .regex(/^[\w][\w.-]*$/, "must consist of letters, digits, dots, dashes and underscores");
const text = z.string("must be a text").min(1, "must be a text");
const json = z.json();
const scalar = z.union([z.number(), z.string()]);

const axis = z
  .strictObject({
    name: name.describe("Name of the column."),
    label: text.describe("What the axis is, with its unit."),
    path: text.exactOptional().describe('Where its values go in the base, "target.dimension".'),
    values: z
      .array(
        z.union([
          scalar,
          z.strictObject({
            value: scalar.describe("What stands in the table and on the axis."),
            set: z.record(z.string(), json).describe("Paths in the base and what goes there."),
          }),
        ]),
      )
      .min(1, "must have at least one value")
      .describe(
        'Values at `path`, or objects {"value": 4, "set": {"federation.capacities": [1, 0.5]}} that stand for their value in table and plots and set any paths, lists too.',
      ),
  })
  .describe("One axis.");

const measure = z.strictObject({
  name: name.describe("Name of the column."),
  label: text.describe("What it is, with its unit."),
  path: text.describe('Where it stands in a point\'s result, "certificate.upper".'),
});

const scale = z.enum(["log", "linear"]).default("log");

const plot = z.strictObject({
  title: text.describe("Title of the plot."),
  x: name.describe("Name of an axis or of a measure."),
  y: z.array(name).min(1, "must name a measure").describe("Names of measures, drawn on one axis."),
  label: text.describe("Label of the vertical axis."),
  xScale: scale.describe("Scale of the horizontal axis."),
  yScale: scale.describe("Scale of the vertical axis."),
  yMost: z
    .number()
    .exactOptional()
    .describe(
      "Where the vertical axis ends: points above it stand at its end, with their value. Default: it holds all.",
    ),
});

const fit = z
  .strictObject({
    x: name.describe("Name of an axis or of a measure."),
    y: name.describe("Name of a measure."),
    expected: z.number().exactOptional().describe("The slope that theory says."),
  })
  .describe("Slope of log y on log x, one for each combination of the other axes.");

/** Everything that decides a sweep. */
export const sweepSchema = z
  .strictObject({
    $schema: z.string().exactOptional().describe("Address of the JSON schema, for editors."),
    name: name.describe("Name of the sweep; the default output folder is runs/NAME."),
    title: text.describe("What the sweep shows, one sentence."),
    kind: nameIn(jobKinds).describe("What a point is: a whole run, or the certificate of a target's exact denoiser."),
    base: z
      .record(z.string(), json)
      .describe("Config that the axes change: of `fedscore run`, with a name of its own, or of the certificate."),
    seeds: z
      .array(integerIn(0, Number.MAX_SAFE_INTEGER))
      .min(1, "must have at least one seed")
      .default([1])
      .describe("Every point is run with each."),
    axes: z
      .array(axis)
      .min(1, "must have one or two axes")
      .max(2, "must have one or two axes")
      .describe("What changes: one or two axes; every combination of their values is a point."),
    measures: z
      .array(measure)
      .min(1, "must name at least one measure")
      .describe("What is taken from each point's result."),
    fits: z.array(fit).default([]).describe("Slopes that are fitted on logarithmic axes."),
    plots: z.array(plot).default([]).describe("Plots of the page."),
    confidence: numberIn("(0.5, 1)").default(0.95).describe("Of intervals over seeds and of slopes."),
    quick: z
      .record(z.string(), json)
      .exactOptional()
      .describe("Keys put over this config, object by object, with --quick: a size that takes seconds."),
  })
  .describe("Configuration of `fedscore sweep`.");

/** A sweep with its defaults filled in. */
export type SweepConfig = z.output<typeof sweepSchema>;
export type SweepAxis = SweepConfig["axes"][number];
export type SweepPlot = SweepConfig["plots"][number];

/** The JSON schema of a sweep's config as a person writes it. */
export function sweepJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(sweepSchema, { io: "input" });
}

/** How a sweep's file is taken. */
export interface SweepFileOptions {
  /** With its own overrides put over it. */
  readonly quick?: boolean | undefined;
  /** Values that are put over it last. */
  readonly set?: readonly Assignment[] | undefined;
}

/**
 * Validates a sweep's config; with `quick` its own overrides are put over it first.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG with one line per problem.
 */
export function parseSweep(value: unknown, { quick = false, set = [] }: SweepFileOptions = {}): SweepConfig {
  const config = checked(quick ? value : assigned(value, set));
  if (!quick) return config;
  if (config.quick === undefined) throw invalid("sweep.quick is missing: --quick needs it");
  const { quick: override, ...full } = value as { readonly quick: Json } & Record<string, Json>;
  return checked(assigned(merged(full, override), set));
}

function checked(value: unknown): SweepConfig {
  const config = validated("sweep", sweepSchema, value);
  requireNames(config);
  requireCount(config);
  const schema = jobKinds[config.kind].resultSchema();
  for (const measure of measurePathsOf(config)) requirePossible(measure, schema);
  return config;
}

/** Points that a table can show and a folder hold. */
const mostPoints = 100_000;

function requireCount({ axes, seeds }: SweepConfig): void {
  const points = axes.reduce((count, { values }) => count * values.length, seeds.length);
  if (points > mostPoints)
    throw invalid(`sweep.axes and sweep.seeds must give at most ${mostPoints} points, got ${points}`);
}

/** Where each measure is looked up. */
export function measurePathsOf({ measures }: Pick<SweepConfig, "measures">): MeasurePath[] {
  return measures.map(({ path }, index) => ({ place: `sweep.measures[${index}].path`, path }));
}

/** Throws unless fits and plots name measures and axes that exist, each name is used once, and every axis says what it sets. */
function requireNames({ axes, measures, fits, plots }: SweepConfig): void {
  const measured = measures.map((each) => each.name);
  const all = [...axes.map((each) => each.name), ...measured];
  const twice = all.find((each, index) => all.indexOf(each) !== index);
  if (twice !== undefined) throw invalid(`sweep has two columns with the name "${twice}"`);
  axes.forEach(({ path, values }, index) => {
    if (path === undefined && values.some((each) => typeof each !== "object")) {
      throw invalid(`sweep.axes[${index}].path is missing: its values are not objects with "set"`);
    }
  });
  const known = (place: string, found: string, candidates: readonly string[]) => {
    if (candidates.includes(found)) return;
    throw invalid(`${place} must be one of ${candidates.map((each) => `"${each}"`).join(", ")}, got "${found}"`);
  };
  for (const [index, { x, y }] of fits.entries()) {
    known(`sweep.fits[${index}].x`, x, all);
    known(`sweep.fits[${index}].y`, y, measured);
  }
  for (const [index, { x, y }] of plots.entries()) {
    known(`sweep.plots[${index}].x`, x, all);
    for (const [j, each] of y.entries()) known(`sweep.plots[${index}].y[${j}]`, each, measured);
  }
}

/** A sweep's config and the folder that paths in its base are relative to. */
export interface SweepFile {
  readonly config: SweepConfig;
  readonly folder: string;
}

/** Reads and validates a sweep's config. @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_CONFIG. */
export function readSweep(path: string, options: SweepFileOptions = {}): SweepFile {
  return { config: parseSweep(readJson(path, "sweep"), options), folder: dirname(resolve(path)) };
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
