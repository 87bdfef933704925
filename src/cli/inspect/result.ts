import { type Computed, isNotComputed, type NotComputed, type Part } from "../../experiment/result/not-computed.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { absenceWords } from "../../report/absences.js";
import { runtime } from "../../report/format.js";
import { klWords } from "../../report/law-statements.js";
import { ruleWords } from "../../report/sections/aggregation.js";
import { type Fact, formatBytes, given, number } from "../print.js";
import { duration } from "../progress/words.js";
import { virtualWords } from "../virtual-words.js";
import { defensiveText, intervalText } from "./interval.js";
import { tableFacts } from "./table.js";

/** What a run found: for `inspect`, and the summary at the end of `run`. */
export function inspectResult(result: ExperimentResult): Fact[] {
  const { training, coverage, pruning, environment, data, reference } = result;
  const [first, last] = [training.loss.at(0), training.loss.at(-1)];
  const losses = first === undefined || last === undefined ? "" : `, loss ${number(first)} to ${number(last)}`;
  const never = coverage.neverCovered > 0 ? `; ${coverage.neverCovered} parameters were never covered` : "";
  const absences = absenceWords(training.perRound);
  const rule = ruleWords(result);
  const facts: Fact[] = [
    ["kind", `result of run ${result.name}, seed ${result.seed}`],
    ...(result.attack ? [["UNDER ATTACK", result.attack.warning] as const] : []),
    ["data", `${data.train} training and ${data.heldOut} held-out points in ${data.dimension} dimensions`],
    ...(data.reading === undefined ? [] : [["read as", data.reading] as const]),
    ["network", `${result.network.parameters} parameters`],
    ["training", `${training.rounds} rounds in ${duration(training.seconds)}${losses}`],
    ["clients", `${clientCount(result)}, keep ratios ${keepRatios(result)}, pruning ${pruning.families.join(", ")}`],
    ...(rule === undefined ? [] : [["aggregation", rule] as const]),
    ...privacyFacts(result.privacy),
    ["coverage", `at least ${coverage.min} clients per covered parameter and round${never}`],
    ...(absences === undefined ? [] : [["updates that did not come", absences] as const]),
    ...remoteFacts(result),
    ["traffic", trafficText(training)],
    ...(result.devices ? [["virtual time", virtualWords(result.devices)] as const] : []),
    [
      "ran on",
      `fedscore ${environment.version}, ${runtime(environment)}, ${environment.variant}, ${environment.workers} workers`,
    ],
  ];
  if (isNotComputed(reference)) facts.push(["reference", missing(reference)]);
  else if (reference) {
    facts.push(["reference", `dense, ${reference.steps} steps in ${duration(reference.seconds)}`]);
    if (reference.samples) facts.push(["reference", `its samples: ${missing(reference.samples)}`]);
  }
  for (const name of ["grid", "samples"] as const) {
    const failed = result[name];
    if (failed) facts.push([name, missing(failed)]);
  }
  const measured = Object.entries(result.measured).map(([name, each]): Fact => [name, measuredText(each)]);
  const report: Fact[] = result.report ? [["report", missing(result.report)]] : [];
  const proved = [...enclosed(result), ...certified(result), ...compared(result), ...lawFacts(result.dataLaw)];
  return [...facts, ...measured, ...judgedFacts(result.judged), ...tableFacts(result.table), ...proved, ...report];
}

/** At 4 bytes a parameter, and as encoded. */
function trafficText({ bytesUp, bytesDown, wireBytesUp, wireBytesDown }: ExperimentResult["training"]): string {
  return `${formatBytes(bytesUp)} up, ${formatBytes(bytesDown)} down at 4 bytes a parameter; as encoded ${formatBytes(wireBytesUp)} up, ${formatBytes(wireBytesDown)} down`;
}

/** Of clients with rows of their own. */
function remoteFacts({ remote, clients }: ExperimentResult): Fact[] {
  if (!remote) return [];
  const { loss, refused } = remote;
  const absent = clients.filter((client) => client.absent > 0).map(({ name, id, absent }) => `${name ?? id} ${absent}`);
  const senders = refused.map(({ sender, count, reasons }) => `${count} of ${sender} (${reasons[0]})`);
  return [
    ["held-out loss", isNotComputed(loss) ? missing(loss) : number(loss)],
    ...(absent.length === 0 ? [] : [["rounds without", absent.join(", ")] as const]),
    ...(senders.length === 0 ? [] : [["messages refused", senders.join("; ")] as const]),
  ];
}

function missing({ notComputed, needs }: NotComputed): string {
  return needs === undefined ? `not computed: ${notComputed}` : `not computed, as it needs ${needs}`;
}

/** "0.12 data units (0.1 to 0.14); floor 0.05, dense 0.11". */
function measuredText(measured: ExperimentResult["measured"][string]): string {
  const { unit, floor, reference: dense } = measured;
  const known = (part: Part<Interval>) => (isNotComputed(part) ? missing(part) : number(part.value));
  const beside = [`floor ${known(floor)}`, ...(dense ? [`dense ${known(dense)}`] : [])].join(", ");
  if (isNotComputed(measured)) return `${missing(measured)}; ${beside}`;
  const { value, low, high } = measured;
  return `${number(value)}${unit === "1" ? "" : ` ${unit}`} (${number(low)} to ${number(high)}); ${beside}`;
}

/** What judges say, and how far their classifier is to be trusted. */
function judgedFacts(judged: ExperimentResult["judged"]): Fact[] {
  if (!judged) return [];
  if (isNotComputed(judged)) return [["judges", missing(judged)]];
  const { accuracy } = judged.classifier;
  const scores = Object.entries(judged.scores).flatMap(([name, score]): Fact[] =>
    score === null ? [] : [[name, measuredText({ ...score, unit: "1" })]],
  );
  const trust = isNotComputed(accuracy)
    ? `accuracy ${missing(accuracy)}`
    : `right on ${number(100 * accuracy.value)} % of held-out rows`;
  return [["judges", `by a classifier, ${trust}`], ...scores];
}

type Interval = Computed<ExperimentResult["measured"][string]["floor"]>;

/** The headline: both ends at once. */
function enclosed({ klInterval, klIntervalNote }: ExperimentResult): Fact[] {
  if (isNotComputed(klInterval)) return [["KL", `interval ${missing(klInterval)}`]];
  if (klIntervalNote !== undefined) return [["KL", `no interval: ${klIntervalNote}`]];
  if (!klInterval) return [];
  const caveat: Fact[] = klInterval.caveat === undefined ? [] : [["note", klInterval.caveat]];
  const defensive: Fact[] = klInterval.defensive ? [["defensive", defensiveText(klInterval.defensive)]] : [];
  return [["KL", intervalText(klInterval)], ...caveat, ...defensive];
}

function certified({ certificate, certificateNote, variational }: ExperimentResult): Fact[] {
  const facts: Fact[] = [];
  if (isNotComputed(certificate)) facts.push(["certificate", missing(certificate)]);
  else if (certificate && certificate.upper !== null) {
    const terms = Object.entries(certificate.terms).map(([name, { value }]) => `${name} ${number(value)}`);
    const margin = `confidence margin ${number(certificate.upper - (certificate.value ?? certificate.upper))}`;
    facts.push([
      "certificate",
      `KL <= ${number(certificate.upper)} nats at ${number(100 * certificate.confidence)} %; ${[...terms, margin].join(", ")}`,
    ]);
    if (certificate.caveat !== undefined) facts.push(["note", certificate.caveat]);
  }
  if (isNotComputed(variational)) facts.push(["variational", missing(variational)]);
  else if (variational && variational.bitsPerDimension !== null) {
    facts.push(["variational", `<= ${number(variational.bitsPerDimension)} bits per dimension on held-out data`]);
    if (variational.caveat !== undefined) facts.push(["note", variational.caveat]);
  }
  if (certificateNote !== undefined) facts.push([certificate ? "note" : "certificate", certificateNote]);
  return facts;
}

/** What stands beside the certificate, from below. */
function compared({ lowerBound, lowerBoundNote, sandwich, apriori }: ExperimentResult): Fact[] {
  const facts: Fact[] = [];
  if (isNotComputed(lowerBound)) facts.push(["lower bound", missing(lowerBound)]);
  else if (lowerBound) {
    const { value, confidence, method } = lowerBound;
    facts.push(["lower bound", `KL >= ${number(value)} nats at ${number(100 * confidence)} %; ${method}`]);
  } else if (sandwich && lowerBoundNote !== undefined) facts.push(["lower bound", `none: ${lowerBoundNote}`]);
  if (isNotComputed(apriori)) facts.push(["a-priori bound", missing(apriori)]);
  if (isNotComputed(sandwich)) return [...facts, ["comparison of bounds", missing(sandwich)]];
  for (const { role, name, value, low, high, estimate } of sandwich?.rows ?? []) {
    if (estimate) facts.push(["estimate", `${name} ${missing(estimate)}`]);
    if (value === null) continue;
    if (role === "estimate")
      facts.push([
        "estimate",
        `KL ~ ${number(value)} nats (${number(low ?? value)} to ${number(high ?? value)}), ${name}`,
      ]);
    if (role === "a-priori bound") facts.push([role, `KL <= ${number(value)} nats, mean over the rounds`]);
    if (role === "a-priori bound, last network") facts.push(["last network", `KL <= ${number(value)} nats, a priori`]);
  }
  return facts;
}

/** What rows certify about the law that they were drawn from: two lines, and one for each part that is missing. */
function lawFacts(dataLaw: ExperimentResult["dataLaw"]): Fact[] {
  if (!dataLaw) return [];
  const { kl, mmd, totalVariation } = dataLaw;
  const facts: Fact[] = [];
  const sure = (confidence: number) => `at ${number(100 * confidence)} %`;
  const distances = [
    ...(isNotComputed(mmd) ? [] : [`MMD ${number(mmd.lower)} to ${number(mmd.upper)} ${sure(mmd.confidence)}`]),
    ...(isNotComputed(totalVariation)
      ? []
      : [`total variation >= ${number(totalVariation.value)} ${sure(totalVariation.confidence)}`]),
  ];
  if (distances.length > 0) facts.push(["data law", `${distances.join(", ")}, from that of the samples`]);
  if (!isNotComputed(kl)) facts.push(["data law", `${klWords(kl, number)}, ${sure(kl.confidence)}`]);
  const parts = { KL: kl, MMD: mmd, "total variation": totalVariation };
  for (const [name, part] of Object.entries(parts)) {
    if (isNotComputed(part)) facts.push(["data law", `${name} ${missing(part)}`]);
  }
  return facts;
}

/** Of what is protected. */
function privacyFacts(privacy: ExperimentResult["privacy"]): Fact[] {
  if (!privacy) return [];
  const { unit, epsilon, delta, stopped, reproducible } = privacy;
  const end = stopped ? "; the budget ended training" : "";
  const seeded = reproducible ? "; the noise is the seed's, and protects nobody who knows it" : "";
  return [["privacy", `each ${unit} at epsilon ${number(epsilon)}, delta ${given(delta)}${end}${seeded}`]];
}

/** Those that took part; where that is not told, those that might. */
function clientCount({ clients, config }: ExperimentResult): number {
  return config.privacy?.kind === "client" ? config.federation.clients : clients.length;
}

function keepRatios({ clients, config }: ExperimentResult): string {
  const { capacities } = config.federation;
  const ratios = config.privacy?.kind === "client" ? capacities : clients.map(({ keepRatio }) => keepRatio);
  if (ratios === "fit") return ratios;
  return [...new Set(ratios)].map(number).join(", ");
}
