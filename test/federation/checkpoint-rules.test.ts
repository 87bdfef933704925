import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CheckpointContent,
  contentChecksum,
  decodeCheckpoint,
  encodeCheckpoint,
} from "../../src/federation/checkpoint-format.js";
import { createFederation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { changedJson } from "../support/changed-json.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();
const federate = (overrides: Partial<FederationOptions> = {}) =>
  createFederation(engine, {
    ...smallFederation(testTransport(engine), 3, { rounds: 6, server: { kind: "fedadam" }, ema: 0.9 }),
    ...overrides,
  });

async function run(rounds: number, resumeFrom?: Uint8Array) {
  const federation = federate();
  for await (const { round } of federation.train({ ...(resumeFrom && { resumeFrom }) }))
    if (round + 1 === rounds) break;
  return federation;
}

const content = decodeCheckpoint((await run(3)).checkpoint());
const expected = (await run(6)).checkpoint();

/** The content with the checksum of what it says now. */
function bound({ values: { checksum: _, ...values }, arrays }: CheckpointContent): CheckpointContent {
  return { values: { ...values, checksum: contentChecksum({ values, arrays }) }, arrays };
}

/** What becomes of a run that goes on from a content: its last checkpoint, or the code and message of its error. */
async function outcome(given: CheckpointContent): Promise<Uint8Array | string> {
  try {
    return (await run(6, encodeCheckpoint(given))).checkpoint();
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}

/** Rounds done, and the length of each vector: numbers in JSON may have more digits or fewer. */
function shapeOf(bytes: Uint8Array): object {
  const { values, arrays } = decodeCheckpoint(bytes);
  const lengths = Object.entries(arrays).map(([name, { length }]) => [name, length]);
  return { round: values.round, ...Object.fromEntries(lengths) };
}

/** Another content: a value is changed, removed or added somewhere, or an array is another. */
const strange = fc.constantFrom<CheckpointContent["arrays"][string]>(
  new Float32Array(3),
  new Float64Array(content.arrays.parameters.length).fill(Number.NaN),
  new Float32Array(content.arrays.parameters.length).fill(Number.POSITIVE_INFINITY),
  new Uint8Array(content.arrays.parameters.length).fill(2),
  new Uint8Array(0),
);
const names = Object.keys(content.arrays);
const otherArrays = fc.oneof(
  fc
    .constantFrom(...names)
    .map((gone) => Object.fromEntries(Object.entries(content.arrays).filter(([k]) => k !== gone))),
  fc
    .tuple(fc.constantFrom(...names, "extra", "optimizer7"), strange)
    .map(([name, array]) => ({ ...content.arrays, [name]: array })),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...names))
    .map(([to, from]) => ({ ...content.arrays, [to]: content.arrays[from] })),
);
const otherContent: fc.Arbitrary<CheckpointContent> = fc.oneof(
  changedJson(content.values).map((values) => ({
    values: values as CheckpointContent["values"],
    arrays: content.arrays,
  })),
  otherArrays.map((arrays) => ({ values: content.values, arrays })),
);

describe("a checkpoint with the right checksum of its bytes and another content", () => {
  it("is refused, or leads to the same run", async () => {
    await fc.assert(
      fc.asyncProperty(otherContent, async (other) => {
        expect(["FEDSCORE_CHECKPOINT", expected]).toContainEqual(await outcome(other));
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it("with a right checksum of the content too, is refused or a whole state: the run ends as a run", async () => {
    await fc.assert(
      fc.asyncProperty(otherContent, async (other) => {
        const found = await outcome(bound(other));
        // Vectors that change places may be legal and lead nowhere.
        if (typeof found === "string") expect(["FEDSCORE_CHECKPOINT", "FEDSCORE_NON_FINITE"]).toContain(found);
        else expect(shapeOf(found)).toEqual(shapeOf(expected));
      }),
      { numRuns: 200, seed: 12 },
    );
  });

  const { length } = content.arrays.parameters;
  const { round: _, ...withoutRound } = content.values;
  const ledger = content.values.ledger as object;
  it.each<[string, Partial<CheckpointContent>]>([
    ["values must have the keys", { values: withoutRound }],
    ["round must be an integer >= 0", { values: { ...content.values, round: 2.5 } }],
    ["it is of round 7, this run has 6", { values: { ...content.values, round: 7 } }],
    ["averageWeight must be 0.2709", { values: { ...content.values, averageWeight: 0.5 } }],
    ["ledger must be an object", { values: { ...content.values, ledger: "full" } }],
    ["ledger.rounds must be 3", { values: { ...content.values, ledger: { ...ledger, rounds: 4 } } }],
    [
      "ledger.minimum must be at most the 3 clients",
      { values: { ...content.values, ledger: { ...ledger, minimum: 4 } } },
    ],
    ["ledger.minimum must be > 0 exactly", { values: { ...content.values, ledger: { ...ledger, minimum: 0 } } }],
    [
      "ledger.pruningNoise must be finite",
      { values: { ...content.values, ledger: { ...ledger, pruningNoise: null } } },
    ],
    ["parameters must be a Float32Array", { arrays: { ...content.arrays, parameters: new Float64Array(length) } }],
    [`parameters must have ${length} entries`, { arrays: { ...content.arrays, parameters: new Float32Array(3) } }],
    [
      "average[0] must be finite",
      { arrays: { ...content.arrays, average: new Float64Array(length).fill(Number.NaN) } },
    ],
    [
      "optimizer1[0] must be finite",
      { arrays: { ...content.arrays, optimizer1: new Float64Array(length).fill(Number.NaN) } },
    ],
    ["covered[0] must be 0 or 1", { arrays: { ...content.arrays, covered: new Uint8Array(length).fill(3) } }],
    ["arrays must have the keys", { arrays: { ...content.arrays, more: new Uint8Array(1) } }],
  ])("says what is wrong: %s", async (message, change) => {
    const bytes = encodeCheckpoint(bound({ ...content, ...change }));
    await expect(federate().train({ resumeFrom: bytes }).next()).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      message: expect.stringContaining(`cannot resume from this checkpoint: ${message}`),
    });
  });

  it("is refused where a value was exchanged for another legal one", async () => {
    const parameters = Float32Array.from(content.arrays.parameters, (value, i) => (i === 5 ? value + 0.5 : value));
    const bytes = encodeCheckpoint({ ...content, arrays: { ...content.arrays, parameters } });
    await expect(federate().train({ resumeFrom: bytes }).next()).rejects.toThrow(
      "its values and arrays are not those of one state",
    );
  });

  it("keeps what an optimizer of the caller's own holds, infinities too", async () => {
    const own = {
      name: "own",
      initialState: [0],
      step: ({ state }: { state: readonly Float64Array[] }) => void state[0].fill(Number.POSITIVE_INFINITY),
    };
    const first = federate({ server: own });
    for await (const { round } of first.train()) if (round === 1) break;
    const second = federate({ server: own });
    await second.train({ resumeFrom: first.checkpoint() }).next();
    expect(second.round).toBe(3);
  });
});

describe("a checkpoint with what clients carry", () => {
  const withStates = () => federate({ encoding: { kind: "top-k" }, clientRule: { kind: "scaffold" } });
  const made = (async () => {
    const federation = withStates();
    for await (const { round } of federation.train()) if (round === 2) break;
    return decodeCheckpoint(federation.checkpoint());
  })();
  const { length } = content.arrays.parameters;

  it("has those of each client that took part", async () => {
    const { values, arrays } = await made;
    expect(values.stateClients).toEqual([0, 1, 2]);
    for (const name of ["residuals", "controls", "controlKept"]) expect(arrays[name]).toHaveLength(3 * length);
    expect(arrays.controlSum).toHaveLength(length);
  });

  it.each<[string, (made: CheckpointContent) => Partial<CheckpointContent>]>([
    ["stateClients must be an array", ({ values }) => ({ values: { ...values, stateClients: 3 } })],
    ["stateClients[1] must be an integer", ({ values }) => ({ values: { ...values, stateClients: [0, -1, 2] } })],
    ["stateClients must be below the 3 clients", ({ values }) => ({ values: { ...values, stateClients: [0, 1, 3] } })],
    ["stateClients must name each client once", ({ values }) => ({ values: { ...values, stateClients: [0, 1, 1] } })],
    [`residuals must have ${2 * length} entries`, ({ values }) => ({ values: { ...values, stateClients: [0, 1] } })],
    [
      "residuals[0] must be finite",
      ({ arrays }) => ({ arrays: { ...arrays, residuals: new Float32Array(3 * length).fill(Number.NaN) } }),
    ],
    [
      "controls[0] must be finite",
      ({ arrays }) => ({ arrays: { ...arrays, controls: new Float32Array(3 * length).fill(Number.NaN) } }),
    ],
    [
      "controlKept[0] must be 0 or 1",
      ({ arrays }) => ({ arrays: { ...arrays, controlKept: new Uint8Array(3 * length).fill(2) } }),
    ],
    [
      "controlSum[0] must be finite",
      ({ arrays }) => ({ arrays: { ...arrays, controlSum: new Float64Array(length).fill(Number.NaN) } }),
    ],
  ])("says what is wrong: %s", async (message, change) => {
    const good = await made;
    const bytes = encodeCheckpoint(bound({ ...good, ...change(good) }));
    await expect(withStates().train({ resumeFrom: bytes }).next()).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      message: expect.stringContaining(`cannot resume from this checkpoint: ${message}`),
    });
  });
});
