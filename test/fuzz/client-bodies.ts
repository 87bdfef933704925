import fc from "fast-check";
import { expect } from "vitest";
import { firstNonFinite } from "../../src/data/finite.js";
import { FedscoreError } from "../../src/errors.js";
import type { ArrivedUpdate, Block } from "../../src/federation/messages.js";
import { layoutOf } from "../../src/network/spec.js";
import type { Mask } from "../../src/pruning/mask.js";
import {
  encodeBlock,
  encodeUpdate,
  readBlock,
  readBlockUpdate,
  readMembers,
  readOpening,
} from "../../src/remote/aggregators/messages.js";
import { readClasses, readLoss, readMoments, readUpdate } from "../../src/remote/clients/answers.js";
import { readSummary } from "../../src/remote/clients/summary-answer.js";
import {
  readNetwork,
  readOpen,
  readSummaryTask,
  readTrain,
  type SummaryBody,
} from "../../src/remote/clients/task-bodies.js";
import { decodeMessage, encodeMessage } from "../../src/remote/codec.js";
import { decodeTable, encodeTable } from "../../src/tables/encoding/encode.js";
import { fitTableEncoding } from "../../src/tables/encoding/fit.js";
import type { TableSchema } from "../../src/tables/schema/field.js";
import type { TableSummary } from "../../src/tables/summary/table-summary.js";
import { networkOf } from "../support/networks.js";
import { plainData } from "../support/plain-data.js";
import { withValue } from "./message.js";
import { fuzzProperty } from "./property.js";

const network = networkOf();
const { size } = layoutOf(network);
const start = new Float32Array(size).fill(0.5);
const common = { setup: "s", network, parameters: start };
const update = { round: 3, local: start, loss: 1, steps: 4, flops: 10 };
const clipped = { ...update, isWithin: true, control: start };
const moments = { count: 9, dimension: 2, sum: Float64Array.of(1, 2), second: Float64Array.of(4, 1, 1, 4) };

/** A block of an aggregator's clients, and the answer to it. */
const masks: readonly Mask[] = [{ kind: "full" }, { kind: "unstructured", keep: new Uint8Array(size).fill(1, 2) }];
const block: Block = {
  ...{ id: "s/3/1", setup: "s", round: 3, block: 1, flops: 9, nonFinite: "drop" },
  clients: [0, 1, 2].map((client) => ({ client, mask: masks[client % 2], localSteps: 4, weight: 1 + client })),
};
const blockUpdate: ArrivedUpdate = {
  ...{ id: "s/3/1", round: 3, block: 1, sum: new Float32Array(size).fill(0.1) },
  reports: [0, 1].map((client) => ({ client, loss: 1, steps: 4, flops: 9, parameters: size - 2 * client })),
  absent: [{ client: 2, reason: "late" }],
};

/** A summary that a client is asked for, one that it gives, and what it is told then. */
const schema: TableSchema = {
  fields: [
    { name: "kind", type: "string" },
    { name: "size", type: "number" },
  ],
};
const asked: SummaryBody = { schema, reading: { onInvalid: "missing" }, smallestCount: 2, quantiles: 8 };
const summary: TableSummary = {
  columns: [
    { kind: "category", name: "kind", categories: ["a", "b"], counts: [3, 4], other: 2, missing: 0 },
    { kind: "number", name: "size", values: [1, 2.5], counts: [4, 3], missing: 2 },
  ],
};
const told = { schema, reading: {}, encoding: fitTableEncoding(schema, summary) };

/** One body of each kind. */
const bodies: readonly object[] = [
  update,
  { ...update, nonFiniteStep: 2 },
  clipped,
  moments,
  { ...moments, origin: Float64Array.of(1, 1) },
  { loss: 0.5, rows: 4 },
  { classes: Int32Array.of(1, 2), counts: Uint32Array.of(4, 4), unnamed: 1 },
  { ...common, round: 3, localSteps: 4 },
  { ...common, round: 3, localSteps: 4, keep: new Uint8Array(Math.ceil(size / 8)), parameters: new Float32Array(0) },
  { ...common, round: 3, localSteps: 4, clipNorm: 0.5, control: start, own: start },
  { ...common, round: 3, localSteps: 4, control: start, own: 2 },
  { session: "a".repeat(32), setup: {}, client: 1, transform: { kind: "compose" } },
  { session: "a".repeat(32), setup: {}, client: 1, table: told },
  asked,
  summary,
  { session: "a".repeat(32), setup: {}, first: 1, clients: ["a", "b"] },
  encodeBlock("s", block, { parameters: start, blocks: [block], deadline: 3 }),
  encodeUpdate(blockUpdate),
  { names: ["a", "b"], rows: Float64Array.of(1, 2), heldOut: Float64Array.of(0, 1) },
];

const noRows = decodeTable(told.encoding, new Float32Array(0), 0);

const plain = { clips: false, controls: false, encoding: undefined };
const expected = { client: 1, round: 3, localSteps: 4, start, flops: 100, maximumNorm: 5, ...plain };

/** Each reader, and what holds of all that it takes. */
const readers: readonly ((value: unknown) => boolean)[] = [
  (value) => {
    const { local, report } = readUpdate(value, expected);
    if (report.nonFiniteStep !== undefined) return local.length === 0;
    const norm = Math.hypot(...local.map((each, index) => each - start[index]));
    return local.length === size && norm < 5.001 && Number.isFinite(report.loss);
  },
  (value) => {
    const { report, isWithin, control } = readUpdate(value, { ...expected, clips: true, controls: true });
    if (report.nonFiniteStep !== undefined) return isWithin === undefined && control === undefined;
    return typeof isWithin === "boolean" && control?.length === size && firstNonFinite(control) < 0;
  },
  (value) => {
    const { sum, second } = readMoments(value, { dimension: 2, rows: 9 });
    return sum.length === 2 && second.length === 4 && firstNonFinite(sum) < 0 && firstNonFinite(second) < 0;
  },
  (value) => Number.isFinite(readLoss(value, 4).loss),
  (value) => {
    const { counts, unnamed } = readClasses(value, 9);
    return counts.reduce((sum, count) => sum + count, unnamed) === 9;
  },
  (value) => {
    const { network, parameters, clipNorm = 1, controls } = readTrain(value);
    const { size } = layoutOf(network);
    const { mean = parameters, own = parameters } = controls ?? {};
    const isOwn = typeof own === "number" || own.length === size;
    return (
      parameters.length === size && mean.length === size && isOwn && clipNorm > 0 && clipNorm < Number.POSITIVE_INFINITY
    );
  },
  (value) => firstNonFinite(readNetwork(value).parameters) < 0,
  (value) => {
    const { client, table } = readOpen(value);
    return client >= 0 && (table === undefined || encodeTable(table.encoding, noRows).vectors.length === 0);
  },
  (value) => {
    const { smallestCount, quantiles } = readSummaryTask(value);
    return smallestCount >= 1 && quantiles >= 2;
  },
  (value) => {
    const { columns } = readSummary(value, asked, 9);
    return columns.length === 2 && fitTableEncoding(schema, { columns }).columns.length === 2;
  },
  (value) => readOpening(value).clients.length > 0,
  (value) => {
    const { block: read, parameters } = readBlock(value, network);
    return parameters.length === size && read.clients.every(({ weight }) => weight > 0);
  },
  (value) => {
    const { sum, reports, absent = [] } = readBlockUpdate(value, { network, block, maximumNorm: 5 });
    return firstNonFinite(sum) < 0 && reports.length + absent.length === 3;
  },
  (value) => readMembers(value, { members: 2, rows: 3, heldOut: 1 }).names.length === 2,
];

/** Whatever a client answers, or is asked, is what it must be, or is refused. */
export const clientBodies = fuzzProperty({
  name: "client-bodies",
  text: "tasks and answers of clients are taken as what they must be, or are refused",
  cases: 1000,
  open() {
    let taken = 0;
    const path = fc.array(fc.nat(30), { maxLength: 2 });
    return {
      arbitrary: fc
        .tuple(fc.constantFrom(...bodies), path, fc.option(plainData, { freq: 4 }))
        .map(([body, at, other]) => encodeMessage(other === null ? body : withValue(body, at, other))),
      holds(bytes) {
        const value = decodeMessage(bytes);
        for (const read of readers) {
          let found: boolean;
          try {
            found = read(value);
          } catch (error) {
            expect(error).toBeInstanceOf(FedscoreError);
            continue;
          }
          expect(found).toBe(true);
          taken++;
        }
      },
      end: (cases) => `${taken} of ${readers.length * cases} readings took the body`,
    };
  },
});
