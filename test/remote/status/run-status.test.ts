import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeStatus, type RunStatus, readStatus } from "../../../src/remote/status/run-status.js";

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const numberOrNull = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
);
const text = (maxLength: number) => fc.string({ maxLength });
const status: fc.Arbitrary<RunStatus> = fc.record({
  run: fc.stringMatching(/^[0-9a-f]{32}$/),
  name: text(256),
  round: count,
  rounds: count,
  loss: numberOrNull,
  clients: fc.array(fc.record({ name: text(64), state: text(64), lastSeen: numberOrNull, absent: count }), {
    maxLength: 5,
  }),
  bytesUp: count,
  bytesDown: count,
});

const good: RunStatus = {
  ...{ run: "0".repeat(32), name: "flights", round: 2, rounds: 10, loss: 0.5, bytesUp: 1, bytesDown: 2 },
  clients: [{ name: "alice", state: "trains", lastSeen: 1_790_000_000_000, absent: 0 }],
};

describe("a status of a run", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(status, (given) => {
        expect(readStatus(encodeStatus(given))).toEqual(given);
      }),
    );
  });

  test("has no other fields than it should", () => {
    expect(readStatus(new TextEncoder().encode(JSON.stringify({ ...good, secret: 1 })))).toEqual(good);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["another run", JSON.stringify({ ...good, run: "x" })],
    ["a loss that is no number", JSON.stringify({ ...good, loss: "low" })],
    ["a round that is none", JSON.stringify({ ...good, round: -1 })],
    ["clients that are none", JSON.stringify({ ...good, clients: [null] })],
    ["a name without end", JSON.stringify({ ...good, name: "x".repeat(257) })],
    ["no clients", JSON.stringify({ ...good, clients: undefined })],
    ["bytes without end", " ".repeat(2 ** 20 + 1)],
  ])("is refused: %s", (_, text) => {
    expect(() => readStatus(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: "FEDSCORE_MESSAGE" }),
    );
  });
});
