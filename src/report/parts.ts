/** Parts of a result by name. */
import type { ExperimentResult } from "../experiment/result/schema.js";

export type Client = ExperimentResult["clients"][number];
/** Gamma of each layer in a round. */
export type RoundCoverage = ExperimentResult["training"]["perRound"][number]["coverage"];
export type Measured = ExperimentResult["measured"][string];
export type Interval = Measured["floor"];
export type Bound = NonNullable<ExperimentResult["variational"]>;
export type Certificate = NonNullable<ExperimentResult["certificate"]>;
export type SandwichRow = NonNullable<ExperimentResult["sandwich"]>["rows"][number];
export type Gradient = NonNullable<ExperimentResult["apriori"]>["gradient"];
