import fc from "fast-check";
import { expect } from "vitest";
import { FedscoreError } from "../../src/errors.js";
import { readAnswer, readHello, readTask } from "../../src/remote/clients/messages.js";
import { decodeMessage, encodeMessage } from "../../src/remote/codec.js";
import { readCall, readControl, readResult, readRunBeat, readWorkerBeat } from "../../src/remote/protocol.js";
import { anyBytes, mutated } from "../support/hostile-bytes.js";
import { plainData } from "../support/plain-data.js";
import { fuzzProperty } from "./property.js";

const [run, call, token] = ["a", "b", "c"].map((digit) => digit.repeat(32));
const stored = { name: token, bytes: 10, chunks: 1, sha256: "d".repeat(64) };
const inline = { inline: encodeMessage({ x: Float32Array.of(1, 2) }) };
const error = { name: "Error", message: "m", code: "FEDSCORE_WORKER", details: { round: 3 }, stack: "s" };
const installation = { key: "k-1", open: "k.open", close: "k.close", input: stored };
const result = { run, call, token, worker: "w" };

/** One message of each kind. */
const messages: readonly object[] = [
  { run, version: "0.1.0", variant: "simd" },
  { worker: call, name: "w", places: 2 },
  { worker: call, name: "w", places: 0, refuses: "another version" },
  { drop: call },
  { end: true },
  { run, call, token, job: "j", tries: 3, installations: [installation], input: inline },
  { ...result, outcome: { kind: "value", value: inline } },
  { ...result, outcome: { kind: "value", value: stored } },
  { ...result, outcome: { kind: "error", error } },
  { ...result, outcome: { kind: "lost", tries: 3 } },
  { ...result, outcome: { kind: "missing" } },
  { name: "clinic", session: token, version: "0.1.0", rows: 5, heldOut: 1, dimension: 2, gives: ["moments"] },
  { run, task: token, kind: "train", body: stored },
  { run, client: "clinic", task: token, outcome: { kind: "value", value: inline } },
  { run, client: "clinic", task: token, outcome: { kind: "refused", reason: "its policy" } },
];

/** A message in which one place has another value, as somebody would send who knows the format. */
const changed = fc
  .tuple(fc.constantFrom(...messages), fc.array(fc.nat(30), { maxLength: 3 }), plainData)
  .map(([message, path, value]) => encodeMessage(withValue(message, path, value)));
const written = fc.oneof(fc.constantFrom(...messages).map(encodeMessage), plainData.map(encodeMessage));

export function withValue(value: unknown, [at, ...rest]: readonly number[], other: unknown): unknown {
  if (at === undefined || typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return other;
  const entries = Object.entries(value);
  if (entries.length === 0) return other;
  const place = at % entries.length;
  const changedEntries = entries.map(([key, each], index) => [
    key,
    index === place ? withValue(each, rest, other) : each,
  ]);
  return Array.isArray(value) ? changedEntries.map(([, each]) => each) : Object.fromEntries(changedEntries);
}

const readers: readonly ((bytes: Uint8Array) => unknown)[] = [
  ...[decodeMessage, readRunBeat, readWorkerBeat, readControl, readCall, readResult],
  ...[readHello, readTask, readAnswer],
];

/** Whatever bytes arrive, each reader takes them as its kind of message, or refuses them. */
export const message = fuzzProperty({
  name: "message",
  text: "bytes from anywhere are a message, which is written as it was read, or are refused as none",
  cases: 1000,
  open() {
    let taken = 0;
    return {
      arbitrary: fc.oneof(mutated(written), changed, anyBytes([0x46, 0x53, 0x4d, 1])),
      holds(bytes) {
        for (const read of readers) {
          const value = outcomeOf(() => read(bytes));
          if (value === undefined) continue;
          taken++;
          expect(encodeMessage(read(encodeMessage(value.value)))).toEqual(encodeMessage(value.value));
        }
      },
      end: (cases) => `${taken} of ${readers.length * cases} readings took the bytes`,
    };
  },
});

function outcomeOf(work: () => unknown): { readonly value: unknown } | undefined {
  try {
    return { value: work() };
  } catch (error) {
    expect(error).toBeInstanceOf(FedscoreError);
    expect(error).toMatchObject({ code: "FEDSCORE_MESSAGE" });
    expect((error as FedscoreError).message.length).toBeLessThan(300);
    return undefined;
  }
}
