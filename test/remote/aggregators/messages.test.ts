import { expect, it } from "vitest";
import type { ArrivedUpdate, Block } from "../../../src/federation/messages.js";
import { layoutOf } from "../../../src/network/spec.js";
import type { Mask } from "../../../src/pruning/mask.js";
import {
  encodeBlock,
  encodeUpdate,
  mostBlockBytes,
  readBlock,
  readBlockUpdate,
  readMembers,
} from "../../../src/remote/aggregators/messages.js";
import { decodeMessage, encodeMessage } from "../../../src/remote/codec.js";
import { networkOf } from "../../support/networks.js";

const network = networkOf({ dimension: 2, hidden: [4] });
const { size } = layoutOf(network);
const parameters = Float32Array.from({ length: size }, (_, index) => Math.sin(index));
const masks: readonly Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(0, 2)] },
  { kind: "unstructured", keep: Uint8Array.from({ length: size }, (_, index) => index % 2) },
];
const block: Block = {
  ...{ id: "run/3/1", setup: "run", round: 3, block: 1, flops: 9, nonFinite: "drop" },
  clients: [4, 5, 6, 7].map((client) => ({ client, mask: masks[client % 3], localSteps: 4, weight: client })),
};
const travelled = (value: object) => decodeMessage(encodeMessage(value));

it("brings a block to an aggregator as it was, each mask once", () => {
  const sent = encodeBlock("run", block, { parameters, blocks: [block], deadline: 3 });
  expect(readBlock(travelled(sent), network)).toEqual({ block, parameters, deadline: 3 });
  expect(sent).toMatchObject({ masks: { length: 3 } });
  const [{ mask }] = block.clients;
  const alike = { ...block, clients: block.clients.map((each) => ({ ...each, mask })), commonMask: mask as never };
  expect(readBlock(travelled(encodeBlock("run", alike, { parameters, blocks: [alike] })), network).block).toEqual(
    alike,
  );
});

it("refuses blocks of another network, and what is no number of a mask or a weight", () => {
  const sent = encodeBlock("run", block, { parameters, blocks: [block] }) as { block: { clients: Float64Array } };
  const read = (at: number, value: number) => () => {
    const clients = sent.block.clients.with(at, value);
    return readBlock({ ...sent, block: { ...sent.block, clients } }, network);
  };
  expect(read(1, 2)).not.toThrow();
  expect(read(1, 3)).toThrow("names a mask that is not there");
  expect(read(3, Number.NaN)).toThrow("has a weight that is none");
  expect(() => readBlock(sent, networkOf({ dimension: 3, hidden: [4] }))).toThrow("parameters");
});

it("believes a sum that is finite and not too far, of the clients of the block", () => {
  const reports = [{ client: 6, loss: 1, steps: 4, flops: 9, parameters: size }];
  const absent = [4, 5, 7].map((client) => ({ client, reason: "late" as const, message: "a\u0007b" }));
  const update: ArrivedUpdate = {
    id: block.id,
    round: 3,
    block: 1,
    sum: new Float32Array(size).fill(2),
    reports,
    absent,
  };
  const read = (change: Partial<ArrivedUpdate>, maximumNorm = 1) =>
    readBlockUpdate(travelled(encodeUpdate({ ...update, ...change })), { network, block, maximumNorm });
  expect(read({})).toEqual({ ...update, absent: absent.map((each) => ({ ...each, message: "a b" })) });
  expect(encodeMessage(encodeUpdate(update)).length).toBeLessThan(mostBlockBytes(network, block));
  // 22 is the sum of the weights.
  expect(() => read({}, (2 * Math.sqrt(size)) / 22 - 1e-6)).toThrow("has a sum of norm");
  expect(() => read({ sum: update.sum.with(1, Number.NaN) })).toThrow("NaN at parameter 1");
  expect(() => read({ absent: absent.slice(1) })).toThrow("client 4 is neither reported nor absent");
  expect(() => read({ sum: update.sum.subarray(1) })).toThrow("parameters");
});

it("takes the clients of an aggregator where they have the rows that it says", () => {
  const said = { names: ["a", "b"], rows: Float64Array.of(2, 3), heldOut: Float64Array.of(1, 0) };
  const expected = { members: 2, rows: 5, heldOut: 1 };
  expect(readMembers(travelled(said), expected)).toEqual(said);
  expect(() => readMembers(said, { ...expected, members: 3 })).toThrow("names 2 clients, not 3");
  expect(() => readMembers(said, { ...expected, rows: 6 })).toThrow("counts 5 in rows, not 6");
  expect(() => readMembers({ ...said, names: ["a", "a"] }, expected)).toThrow("names no clients in names");
});
