import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, BlockUpdate } from "../../src/federation/messages.js";
import { BlockPacker, packUpdate, unpackBlocks, unpackUpdate } from "../../src/federation/packed-blocks.js";
import type { Mask } from "../../src/pruning/mask.js";
import type { KeptSetup } from "../../src/workers/kept.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";

const masks: readonly Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(0, 2)] },
  { kind: "unstructured", keep: Uint8Array.of(1, 0, 1) },
  { kind: "structured", kept: [Uint32Array.of(0, 1)] },
];

/** A pool that remembers what its workers keep. */
function recordingPool(): { pool: WorkerPool; kept: Map<string, readonly Mask[]> } {
  const kept = new Map<string, readonly Mask[]>();
  const pool: WorkerPool = {
    name: "recording",
    size: 1,
    sharesMemory: true,
    call: () => Promise.reject(new Error("no calls here")),
    install: (key, { input }) => kept.set(key, (input as KeptSetup<readonly Mask[]>).setup),
    uninstall: (key) => kept.delete(key),
    close: async () => {},
  };
  return { pool, kept };
}

function blockOf(block: number, clients: readonly (readonly [client: number, mask: number])[]): Block {
  const [[, first]] = clients;
  const common = masks[first];
  const isCommon = common.kind !== "unstructured" && clients.every(([, mask]) => mask === first);
  return {
    id: `run/1/${block}`,
    setup: "run",
    round: 1,
    block,
    clients: clients.map(([client, mask]) => ({
      client,
      mask: masks[mask],
      localSteps: 3 + client,
      weight: client + 0.5,
    })),
    ...(isCommon && { commonMask: common }),
    flops: 7,
    nonFinite: "drop",
  };
}

const clientsOfBlock = fc.array(fc.tuple(fc.nat(9999), fc.nat(masks.length - 1)), { minLength: 1, maxLength: 6 });

describe("blocks between threads", () => {
  it("are what they were, with the masks beside them or kept by the workers", () => {
    fc.assert(
      fc.property(fc.array(clientsOfBlock, { minLength: 1, maxLength: 4 }), (drawn) => {
        const { pool, kept } = recordingPool();
        const packer = new BlockPacker(pool);
        const blocks = drawn.map((clients, index) => blockOf(index, clients));
        for (const isKept of [false, true, true]) {
          packer.enter(blocks);
          const packed = structuredClone(packer.pack(blocks));
          expect(typeof packed.masks).toBe(isKept ? "string" : "object");
          const known = typeof packed.masks === "string" ? kept.get(packed.masks) : packed.masks;
          expect(unpackBlocks(packed.blocks, known ?? [])).toEqual(blocks);
        }
        packer.close();
        expect(kept.size).toBe(0);
      }),
    );
  });

  it("forget kept masks when a round has others", () => {
    // Of another kind, and of the same kind.
    for (const [before, after] of [
      [0, 1],
      [1, 3],
    ]) {
      const { pool, kept } = recordingPool();
      const packer = new BlockPacker(pool);
      const [one, other] = [[blockOf(0, [[1, before]])], [blockOf(0, [[1, after]])]];
      for (const blocks of [one, one]) packer.enter(blocks);
      expect(kept.size).toBe(1);
      packer.enter(other);
      expect(kept.size).toBe(0);
      const packed = packer.pack(other);
      expect(unpackBlocks(packed.blocks, typeof packed.masks === "string" ? [] : packed.masks)).toEqual(other);
    }
  });

  it("answers are what they were, but for the sum, which is elsewhere", () => {
    const report = fc.record(
      {
        client: fc.nat(),
        loss: fc.double(),
        steps: fc.nat(),
        flops: fc.double(),
        parameters: fc.nat(),
        nonFiniteStep: fc.nat(),
      },
      { requiredKeys: ["client", "loss", "steps", "flops", "parameters"] },
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 5 }), (reports) => {
        const sum = Float32Array.of(1, 2);
        const update: BlockUpdate = { id: "run/1/0", round: 1, block: 0, sum, reports };
        expect(unpackUpdate(structuredClone(packUpdate(update)), sum)).toEqual(update);
      }),
    );
  });
});
