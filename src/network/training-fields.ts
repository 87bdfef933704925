import { weightings } from "../diffusion/weightings/index.js";
import { ArgumentError } from "../errors.js";
import { complete, type FilledSpecOf, filledSettings, type Given, wholeSettings } from "../family.js";
import { choice, integer, nameIn, number, numbers, optional, required } from "../fields.js";
import { requireOptions } from "../options.js";
import { importance } from "./level-distributions/importance.js";
import { type LevelDistributionSpec, levelDistributions } from "./level-distributions/index.js";
import { type OptimizerSettings, optimizers } from "./optimizers/index.js";
import { type RecordPrivacy, type RecordPrivacyOptions, recordPrivacyFields, requirePrivacy } from "./privacy.js";
import { type RateSpec, rates } from "./rates/index.js";
import type { LevelSettings, TrainingSettings } from "./training.js";

/** What may be set of local training beside its optimizer and its noise levels: ranges, defaults and the config's texts. */
export const trainingFields = {
  batchSize: integer("[1, 65536]", 256, "Points in a step."),
  weighting: nameIn(weightings, "simple", "Weight of the loss at a noise level."),
  clipNorm: number("(0, inf)", optional, "Largest Euclidean norm of a gradient. Default: no limit."),
  labelDropout: number(
    "[0, 1]",
    optional,
    "Share of points whose class is hidden from a network with classes, so that it can be asked without one (Ho, Salimans 2022, arXiv 2207.12598). Default: 0.1.",
  ),
};

/** Of a network with classes, where settings name none. */
export const defaultLabelDropout = 0.1;

/** What may be set of the noise levels of training. */
export const levelFields = {
  spacing: choice(
    ["time", "logsnr", "grid"],
    "time",
    "Spread evenly in time or in log snr, or exactly where the steps of the sampling grid start.",
  ),
  count: integer("[2, 1000000]", 1000, "Noise levels that training draws from; none with spacing grid."),
};

const gridFields = { times: numbers("[0, inf)", required, "Times of a grid, strictly decreasing.", 2) };

/** Of a client, where a person names none. */
export const defaultOptimizer: OptimizerSettings = { kind: "adam" };

/** Noise levels as a person writes them: evenly spaced in time unless said otherwise. */
export type LevelOptions =
  | {
      readonly spacing?: "time" | "logsnr" | undefined;
      readonly count?: number | undefined;
      readonly distribution?: LevelDistributionSpec | undefined;
    }
  | Extract<LevelSettings, { readonly spacing: "grid" }>;

/** How a client trains, as a person writes it: what has a default may be absent. */
export interface TrainingOptions extends Given<typeof trainingFields> {
  /** Default: { kind: "adam" }. */
  readonly optimizer?: OptimizerSettings | undefined;
  /** How the learning rate of the optimizer changes. Default: not at all. */
  readonly rate?: RateSpec | undefined;
  /** Default: 1000 levels spaced evenly in time. */
  readonly levels?: LevelOptions | undefined;
  /** Protects the records of each client. Default: they are not protected. */
  readonly privacy?: RecordPrivacyOptions | undefined;
}

/** The settings of local training with all their defaults. */
export interface CompleteTraining extends TrainingSettings {
  readonly optimizer: FilledSpecOf<typeof optimizers>;
  readonly rate?: FilledSpecOf<typeof rates>;
}

const trainingKeys = [...Object.keys(trainingFields), "optimizer", "rate", "levels", "privacy"];
const levelKeys = [...Object.keys(levelFields), ...Object.keys(gridFields), "distribution"];

/** @throws ArgumentError or ArgumentTypeError naming the first setting that is out of range, as `${argument}.optimizer.beta1`. */
export function completeTraining(argument: string, given: TrainingOptions = {}): CompleteTraining {
  const { optimizer = defaultOptimizer, rate, levels = {}, privacy } = requireOptions(argument, given, trainingKeys);
  const completed = {
    ...filledSettings(trainingFields, argument, given),
    optimizer: complete(optimizers, `${argument}.optimizer`, optimizer),
    ...(rate !== undefined && { rate: complete(rates, `${argument}.rate`, rate) }),
    levels: completeLevels(`${argument}.levels`, levels),
    ...(privacy !== undefined && { privacy: completePrivacy(`${argument}.privacy`, privacy) }),
  };
  requireBlindLevels(argument, completed);
  return completed;
}

function completePrivacy(argument: string, given: RecordPrivacyOptions): RecordPrivacy {
  return filledSettings(
    recordPrivacyFields,
    argument,
    requireOptions(argument, given, Object.keys(recordPrivacyFields)),
  );
}

/** Noise levels that are drawn by losses tell of the records that had them. */
function requireBlindLevels(
  argument: string,
  { privacy, levels: { distribution } }: Pick<TrainingSettings, "privacy" | "levels">,
): void {
  if (!privacy || distribution?.kind !== importance.kind) return;
  const rule = `must not be ${importance.kind} beside privacy: losses at each noise level would leave the clients without noise`;
  throw new ArgumentError(`${argument}.levels.distribution.kind`, rule, distribution.kind);
}

/** Throws unless the settings are whole and in their ranges. */
export function requireTraining(argument: string, settings: TrainingSettings): void {
  wholeSettings(trainingFields, argument, settings);
  complete(optimizers, `${argument}.optimizer`, settings.optimizer);
  if (settings.rate !== undefined) complete(rates, `${argument}.rate`, settings.rate);
  if (settings.privacy === undefined) return;
  requirePrivacy(`${argument}.privacy`, settings.privacy);
  requireBlindLevels(argument, settings);
}

/** @throws ArgumentError or ArgumentTypeError, as `${argument}.count`; whether times fit a schedule is seen when they meet it. */
export function completeLevels(argument: string, given: LevelOptions): LevelSettings {
  const { distribution: drawn } = requireOptions(argument, given, levelKeys);
  const { spacing, count } = filledSettings(levelFields, argument, given);
  const distribution = drawn && complete(levelDistributions, `${argument}.distribution`, drawn);
  const draws = { ...(distribution && { distribution }) };
  if (spacing !== "grid") return { spacing, count, ...draws };
  return { spacing, ...wholeSettings(gridFields, argument, given), ...draws };
}
