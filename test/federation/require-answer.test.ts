import { describe, expect, it } from "vitest";
import type { Block, BlockUpdate, ClientReport } from "../../src/federation/messages.js";
import { checkBlockUpdate } from "../../src/federation/require-answer.js";
import { layoutOf } from "../../src/network/spec.js";
import { networkOf } from "../support/networks.js";

const network = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [3] });
const { size } = layoutOf(network);
const block: Block = {
  ...{ id: "run/2/1", setup: "run", round: 2, block: 1, flops: 1, nonFinite: "drop" },
  clients: [4, 6, 7].map((client) => ({ client, mask: { kind: "full" }, localSteps: 1, weight: 1 })),
};
const report = (client: number): ClientReport => ({ client, loss: 1, steps: 1, flops: 1, parameters: size });
const update: BlockUpdate = {
  ...{ id: "run/2/1", round: 2, block: 1, sum: new Float32Array(size) },
  reports: [report(4), report(7)],
  absent: [{ client: 6, reason: "late" }],
};
const nobody = [4, 6, 7].map((client) => ({ client, reason: "lost" }) as const);

describe("checkBlockUpdate", () => {
  it.each<[string, BlockUpdate]>([
    ["some of whose clients answered", update],
    ["whose clients all did", { ...update, reports: [4, 6, 7].map(report), absent: [] }],
    ["whose clients are all absent", { ...update, reports: [], absent: nobody, sum: new Float32Array(0) }],
  ])("gives an update back %s", (_, value) => {
    expect(checkBlockUpdate(network, block, value)).toBe(value);
  });

  it("knows the length of a block whose clients have one mask", () => {
    const mask = { kind: "structured", kept: [Uint32Array.of(1)] } as const;
    const common: Block = { ...block, commonMask: mask };
    expect(() => checkBlockUpdate(network, common, update)).toThrow(`has ${size} parameters, not 6`);
    const sum = new Float32Array(6);
    expect(checkBlockUpdate(network, common, { ...update, sum }).sum).toBe(sum);
  });

  const client = "does not report on the clients of its block: client";
  it.each<[string, Partial<BlockUpdate>, string]>([
    ["another id", { id: "run/2/0" }, "update run/2/0 does not answer block run/2/1"],
    ["another round", { round: 1 }, "does not answer block run/2/1"],
    ["another block", { block: 0 }, "does not answer block run/2/1"],
    ["a shorter sum", { sum: new Float32Array(size - 1) }, `has ${size - 1} parameters, not ${size}`],
    ["no sum", { sum: new Float32Array(0) }, `has 0 parameters, not ${size}`],
    ["Infinity", { sum: new Float32Array(size).fill(Infinity, 3, 4) }, "has Infinity at parameter 3"],
    ["nobody for a client", { absent: [] }, `${client} 6 is neither reported nor absent in its turn`],
    ["one client twice", { reports: [report(4), report(7), report(7)] }, `${client} 7 is none of them, or named twice`],
    ["both of a client", { reports: [4, 6, 7].map(report) }, `${client} 6 is none of them, or named twice`],
    ["a stranger", { reports: [report(4), report(5), report(7)] }, `${client} 7 is neither reported nor absent`],
    ["another order", { reports: [report(7), report(4)] }, `${client} 4 is neither reported nor absent in its turn`],
    [
      "parameters that its mask does not keep",
      { reports: [report(4), { ...report(7), parameters: -0.5 }] },
      `keeps -0.5 parameters, not ${size}`,
    ],
    [
      "more steps than were asked for",
      { reports: [{ ...report(4), steps: 2 }, report(7)] },
      "reports 2 steps of client 4, at most 1",
    ],
    ["half a step", { reports: [{ ...report(4), steps: 0.5 }, report(7)] }, "reports 0.5 steps of client 4"],
    [
      "operations below none",
      { reports: [{ ...report(4), flops: -1 }, report(7)] },
      "reports -1 operations of client 4",
    ],
    ["no numbers", { reports: [{ ...report(4), loss: "1" as never }, report(7)] }, "update.reports[0].loss must be"],
  ])("refuses %s", (_, change, message) => {
    const refused = () => checkBlockUpdate(network, block, { ...update, ...change });
    expect(refused).toThrow(expect.objectContaining({ code: "FEDSCORE_WORKER" }));
    expect(refused).toThrow(message);
  });

  it("lets a block end where its run will", () => {
    const stopping: Block = { ...block, nonFinite: "stop" };
    const ended = { ...update, reports: [{ ...report(4), nonFiniteStep: 0 }], absent: [] };
    expect(checkBlockUpdate(network, stopping, ended)).toBe(ended);
    expect(() => checkBlockUpdate(network, block, ended)).toThrow(`${client} 6 is neither reported nor absent`);
  });
});
