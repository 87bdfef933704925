import type { ExperimentResult } from "../../experiment/result/schema.js";
import { runtime } from "../../report/format.js";
import { type Fact, formatBytes, number } from "../print.js";
import { duration } from "../progress/words.js";

/** What a run found: for `inspect`, and the summary at the end of `run`. */
export function inspectResult(result: ExperimentResult): Fact[] {
  const { training, coverage, pruning, environment, data, reference } = result;
  const [first, last] = [training.loss[0], training.loss[training.loss.length - 1]];
  const never = coverage.neverCovered > 0 ? `; ${coverage.neverCovered} parameters were never covered` : "";
  const facts: Fact[] = [
    ["kind", `result of run ${result.name}, seed ${result.seed}`],
    ["data", `${data.train} training and ${data.heldOut} held-out points in ${data.dimension} dimensions`],
    ["network", `${result.network.parameters} parameters`],
    [
      "training",
      `${training.rounds} rounds in ${duration(training.seconds)}, loss ${number(first)} to ${number(last)}`,
    ],
    ["clients", `${result.clients.length}, keep ratios ${keepRatios(result)}, pruning ${pruning.families.join(", ")}`],
    ["coverage", `at least ${coverage.min} clients per covered parameter and round${never}`],
    ["traffic", `${formatBytes(training.bytesUp)} up, ${formatBytes(training.bytesDown)} down`],
    [
      "ran on",
      `fedscore ${environment.version}, ${runtime(environment)}, ${environment.variant}, ${environment.workers} workers`,
    ],
  ];
  if (reference) facts.push(["reference", `dense, ${reference.steps} steps in ${duration(reference.seconds)}`]);
  for (const [name, { value, low, high, unit, floor, reference: dense }] of Object.entries(result.measured)) {
    const beside = [`floor ${number(floor.value)}`, ...(dense ? [`dense ${number(dense.value)}`] : [])].join(", ");
    const unitText = unit === "1" ? "" : ` ${unit}`;
    facts.push([name, `${number(value)}${unitText} (${number(low)} to ${number(high)}); ${beside}`]);
  }
  return [...facts, ...certified(result), ...compared(result)];
}

function certified({ certificate, certificateNote, variational }: ExperimentResult): Fact[] {
  const facts: Fact[] = [];
  if (certificate && certificate.upper !== null) {
    const terms = Object.entries(certificate.terms).map(([name, { value }]) => `${name} ${number(value)}`);
    const margin = `confidence margin ${number(certificate.upper - (certificate.value ?? certificate.upper))}`;
    facts.push([
      "certificate",
      `KL <= ${number(certificate.upper)} nats at ${number(100 * certificate.confidence)} %; ${[...terms, margin].join(", ")}`,
    ]);
    if (certificate.caveat !== undefined) facts.push(["note", certificate.caveat]);
  }
  if (variational && variational.bitsPerDimension !== null) {
    facts.push(["variational", `<= ${number(variational.bitsPerDimension)} bits per dimension on held-out data`]);
    if (variational.caveat !== undefined) facts.push(["note", variational.caveat]);
  }
  if (certificateNote !== undefined) facts.push([certificate ? "note" : "certificate", certificateNote]);
  return facts;
}

/** What stands beside the certificate, from below. */
function compared({ lowerBound, lowerBoundNote, sandwich }: ExperimentResult): Fact[] {
  const facts: Fact[] = [];
  if (lowerBound) {
    const { value, confidence, method } = lowerBound;
    facts.push(["lower bound", `KL >= ${number(value)} nats at ${number(100 * confidence)} %; ${method}`]);
  } else if (sandwich && lowerBoundNote !== undefined) facts.push(["lower bound", `none: ${lowerBoundNote}`]);
  for (const { role, name, value, low, high } of sandwich?.rows ?? []) {
    if (value === null) continue;
    if (role === "estimate")
      facts.push([
        "estimate",
        `KL ~ ${number(value)} nats (${number(low ?? value)} to ${number(high ?? value)}), ${name}`,
      ]);
    if (role === "a-priori bound") facts.push([role, `KL <= ${number(value)} nats`]);
  }
  return facts;
}

function keepRatios({ clients }: ExperimentResult): string {
  return [...new Set(clients.map(({ keepRatio }) => keepRatio))].map(number).join(", ");
}
