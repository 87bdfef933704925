/** Parts of a result by name. */
import type { Computed } from "../experiment/result/not-computed.js";
import type { ExperimentResult } from "../experiment/result/schema.js";

export type Client = ExperimentResult["clients"][number];
/** Gamma of each layer in a round. */
export type RoundCoverage = ExperimentResult["training"]["perRound"][number]["coverage"];
export type Measured = ExperimentResult["measured"][string];
export type Interval = Computed<Measured["floor"]>;
export type Judged = Computed<ExperimentResult["judged"]>;
export type ClassHistogram = Computed<Judged["histogram"]>;
export type Bound = Computed<ExperimentResult["variational"]>;
export type Certificate = Computed<ExperimentResult["certificate"]>;
export type SandwichRow = Computed<ExperimentResult["sandwich"]>["rows"][number];
export type Apriori = Computed<ExperimentResult["apriori"]>;
export type LawKl = Computed<NonNullable<ExperimentResult["dataLaw"]>["kl"]>;
export type Gradient = Apriori["gradient"];
export type TableResult = Computed<ExperimentResult["table"]>;
export type TableColumn = Computed<TableResult["columns"]>[number];
/** What judges say of one table of rows. */
export type JudgedTable = Computed<TableResult["synthetic"]>;
export type TableQuality = Computed<JudgedTable["quality"]>;
/** What a measure of tables says. */
export type TableScore = Computed<JudgedTable["detection"]>;
/** What a synthetic table reaches of what its config asks. */
export type ReachedTarget = NonNullable<NonNullable<TableResult["targets"]>[keyof NonNullable<TableResult["targets"]>]>;
export type ServedClients = Computed<NonNullable<TableResult["clients"]>>;
