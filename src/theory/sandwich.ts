import type { Estimate } from "../divergence/divergence.js";
import { FedscoreError, requireNumber, requireObject, requireText } from "../errors.js";
import type { Bound } from "./bound.js";
import type { KlInterval } from "./interval/kl-interval.js";
import type { LowerBound } from "./lower-bound/lower-bound.js";
import type { TheoremId } from "./registry/index.js";
import { requireBound, requireEstimate, requireInterval, requireLowerBound } from "./require-claims.js";

/** A part that was not computed, and why: "ddim has no path KL". */
export interface Unavailable {
  readonly unavailable: string;
}

/** The parts of a sandwich, as far as there are any; see `sandwich`. */
export interface SandwichInput {
  readonly lowerBound: LowerBound | Unavailable;
  /** Both ends at once. Absent: no row. */
  readonly interval?: KlInterval | Unavailable | undefined;
  /** Estimates of KL by their headings. They certify nothing and are checked against nothing. */
  readonly estimates?: Readonly<Record<string, Estimate | Unavailable>> | undefined;
  /** KL in closed form, nats, where both laws have one. */
  readonly exact?: number | undefined;
  readonly certificate: Bound | Unavailable;
  /** Of the mean over the rounds of the run. */
  readonly apriori: Bound | Unavailable;
  /** Of the network after the last round, the one at hand. Absent: no such row. */
  readonly aprioriLast?: Bound | Unavailable | undefined;
}

/** What a row of a sandwich says of the KL divergence. */
export type SandwichRole = "lower bound" | "interval" | "estimate" | "exact" | "certificate" | AprioriRole;

type AprioriRole = "a-priori bound" | "a-priori bound, last network";

/** One line of a report, nats. `value` is null, and `reason` says why, where the part is vacuous or was not computed. */
export interface SandwichRow {
  readonly role: SandwichRole;
  readonly name: string;
  /** What the row claims: the lower end of a lower bound, the upper end of an upper one and of an interval, the estimate itself. */
  readonly value: number | null;
  /** Ends of what is known about `value`; null where it is exact. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided for bounds, two-sided for intervals; null where nothing is claimed. */
  readonly confidence: number | null;
  readonly theorem: TheoremId | null;
  readonly reason: string | null;
}

/** Measured lower bound <= KL <= certificate <= a-priori bounds, in this order. */
export interface Sandwich {
  readonly rows: readonly SandwichRow[];
  /** What a reader must know to compare the rows. */
  readonly notes: readonly string[];
}

const looseness =
  "For a perfect denoiser the true KL falls like N^-2 with the number of steps and the certificate like N^-1: the certificate is then loose by a factor of the order of N.";

/** Part of a value that rounding may move. */
const rounding = 1e-9;

/**
 * The bounds on one KL(q_delta || p_theta) side by side. Throws FEDSCORE_BOUND_VIOLATED, with both numbers, where a lower confidence end lies
 * above an upper one: beyond what chance allows, one of the two computations is wrong. The a-priori bounds hold for constants that were measured along
 * the run, and one is about a round drawn uniformly from it and not about the network at hand: where they lie too low, a note says so.
 * @throws ArgumentError or ArgumentTypeError naming the part that is not as it must be.
 */
export function sandwich(input: SandwichInput): Sandwich {
  const { lowerBound, interval, estimates = {}, exact, certificate, apriori, aprioriLast } = requireParts(input);
  const rows: SandwichRow[] = [
    lowerRow(lowerBound),
    ...(interval === undefined ? [] : [intervalRow(interval)]),
    ...Object.entries(estimates).map(([name, estimate]) => estimateRow(name, estimate)),
    ...(exact === undefined ? [] : [exactRow(exact)]),
    upperRow("certificate", certificate),
    upperRow("a-priori bound", apriori),
    ...(aprioriLast === undefined ? [] : [upperRow("a-priori bound, last network", aprioriLast)]),
  ];
  requireOrder(rows);
  return { rows, notes: notesOn(rows) };
}

/** Throws unless every part of a sandwich is there, or says why it is not. */
function requireParts(input: SandwichInput): SandwichInput {
  const { lowerBound, interval, estimates, exact, certificate, apriori, aprioriLast } = requireObject("input", input);
  requirePart("lowerBound", lowerBound, requireLowerBound);
  if (interval !== undefined) requirePart("interval", interval, requireInterval);
  requirePart("certificate", certificate, requireBound);
  requirePart("apriori", apriori, requireBound);
  if (aprioriLast !== undefined) requirePart("aprioriLast", aprioriLast, requireBound);
  if (exact !== undefined) requireNumber("exact", exact);
  if (estimates === undefined) return input;
  for (const [name, estimate] of Object.entries(requireObject("estimates", estimates)))
    requirePart(`estimates.${name}`, estimate, requireEstimate);
  return input;
}

function requirePart<Part extends object>(
  argument: string,
  part: Part | Unavailable,
  require: (argument: string, part: Part) => void,
): void {
  requireObject(argument, part);
  if ("unavailable" in part) requireText(`${argument}.unavailable`, part.unavailable);
  else require(argument, part);
}

const nothing = { value: null, low: null, high: null, confidence: null, theorem: null, reason: null };

function lowerRow(part: LowerBound | Unavailable): SandwichRow {
  const role = "lower bound";
  if ("unavailable" in part) return { ...nothing, role, name: role, reason: part.unavailable };
  const { value, confidence, theorem, estimate, method } = part;
  return { ...nothing, role, name: method, value, high: Math.max(value, estimate), confidence, theorem };
}

function intervalRow(part: KlInterval | Unavailable): SandwichRow {
  const role = "interval";
  if ("unavailable" in part) return { ...nothing, role, name: role, reason: part.unavailable };
  const { low, high, confidence, theorem, k, proposal } = part;
  const name = `importance weights of ${k} ${proposal} ${k === 1 ? "path" : "paths"} a row`;
  return { ...nothing, role, name, value: high, low, high, confidence, theorem };
}

function estimateRow(name: string, part: Estimate | Unavailable): SandwichRow {
  const role = "estimate";
  if ("unavailable" in part) return { ...nothing, role, name, reason: part.unavailable };
  return { ...nothing, role, name, value: part.value, low: part.low, high: part.high };
}

function exactRow(value: number): SandwichRow {
  return { ...nothing, role: "exact", name: "closed form", value };
}

function upperRow(role: "certificate" | AprioriRole, part: Bound | Unavailable): SandwichRow {
  if ("unavailable" in part) return { ...nothing, role, name: role, reason: part.unavailable };
  const { name, value, upper, confidence, theorem } = part;
  if (upper === null) return { ...nothing, role, name, theorem, reason: part.vacuous ?? "vacuous" };
  return { ...nothing, role, name, value: upper, low: value, confidence, theorem };
}

/** A row's number that KL is not below, or not above. */
interface Claim extends Pick<SandwichRow, "role" | "name" | "confidence"> {
  readonly end: number;
}

function requireOrder(rows: readonly SandwichRow[]): void {
  const claims = (roles: readonly SandwichRole[], endOf: (row: SandwichRow) => number | null): Claim[] =>
    rows.flatMap((row) => {
      const end = roles.includes(row.role) && row.value !== null ? endOf(row) : null;
      return end === null ? [] : [{ ...row, end }];
    });
  const lowers = claims(["lower bound", "interval", "exact"], ({ role, low, value }) =>
    role === "interval" ? low : value,
  );
  const uppers = claims(["interval", "exact", "certificate"], ({ value }) => value);
  for (const upper of uppers) for (const lower of lowers) if (lower.role !== upper.role) requireBelow(lower, upper);
}

function requireBelow(lower: Claim, upper: Claim): void {
  const [below, above] = [lower.end, upper.end];
  if (below <= above + rounding * Math.abs(above)) return;
  const chance = 1 - (lower.confidence ?? 1) + (1 - (upper.confidence ?? 1));
  throw new FedscoreError(
    "FEDSCORE_BOUND_VIOLATED",
    `${lower.role} (${lower.name}) ${below.toPrecision(6)} nats exceeds ${upper.role} (${upper.name}) ${above.toPrecision(6)} nats; chance does this with probability at most ${chance.toPrecision(2)}, so one of them is wrong or the samples are not of the laws that were certified`,
    { lower: below, upper: above, lowerName: lower.name, upperName: upper.name },
  );
}

function notesOn(rows: readonly SandwichRow[]): string[] {
  const value = (role: SandwichRole) => rows.find((row) => row.role === role)?.value ?? null;
  const notes: string[] = [];
  const certificate = rows.find(({ role }) => role === "certificate");
  if (certificate?.value !== null && certificate?.theorem !== "change-of-variables") notes.push(looseness);
  if (rows.some(({ role }) => role === "estimate"))
    notes.push("Estimates may lie on either side of KL: they are no bounds.");
  const [mean, last] = [value("a-priori bound"), value("a-priori bound, last network")];
  if (mean !== null) {
    notes.push(
      "The a-priori bound is about a round drawn uniformly from the run, with constants measured along it; the other rows are about the network at hand.",
    );
  }
  if (last !== null) {
    notes.push(
      "The a-priori bound of the last network is about the network at hand, in expectation over runs with the constants that were measured along this one.",
    );
  }
  const most = Math.max(value("lower bound") ?? 0, value("exact") ?? 0);
  return [
    ...notes,
    ...below("a-priori bound", mean, most, "this network is worse than the average of its run, or "),
    ...below("a-priori bound of the last network", last, most, ""),
  ];
}

function below(name: string, bound: number | null, most: number, unless: string): string[] {
  if (bound === null || most <= bound) return [];
  return [
    `The ${name} ${bound.toPrecision(4)} lies below ${most.toPrecision(4)} nats, which KL of this network is not below: ${unless}a constant that was measured along the run is too small.`,
  ];
}
