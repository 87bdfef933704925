import fc from "fast-check";
import { expect, it } from "vitest";
import { createEncoding } from "../../../src/federation/encodings/index.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const { encode, decode } = createEncoding(engine, { kind: "int8" });
const key = { seed: 5, round: 2, client: 3 };

it("has the scale of each 256 numbers, max |x| / 127, and then the multiples", () => {
  const values = Float32Array.from({ length: 300 }, (_, i) => (i < 256 ? (i - 127.5) / 8 : i));
  values[0] = -31.75;
  values[299] = 254;
  const bytes = encode(values.fill(0, 256, 299), key);
  expect(new Float32Array(bytes.buffer, 0, 2)).toEqual(Float32Array.of(0.25, 2));
  expect(new Int8Array(bytes.buffer, 8)[0]).toBe(-127);
  expect(new Int8Array(bytes.buffer, 8 + 256)).toEqual(new Int8Array(44).fill(127, 43));
});

it("gives multiples of the scale back as they are, whatever the random numbers", () => {
  const values = Float32Array.from({ length: 255 }, (_, i) => (i - 127) / 4);
  for (let client = 0; client < 50; client++) expect(decode(encode(values, { ...key, client }), 255)).toEqual(values);
});

it("is unbiased: the mean of many roundings is the number", () => {
  // The rounding of x in units of the scale is a coin of probability p, so the mean of R x 256 of them has the standard deviation below.
  const rounds = 400;
  const fractions = [0.001, 0.125, 0.3, 0.5, 0.75, 0.999];
  for (const [client, fraction] of fractions.entries()) {
    for (const whole of [-3, 0, 41]) {
      const exact = Math.fround(whole + fraction);
      const values = new Float32Array(257).fill(exact);
      values[0] = 127;
      let sum = 0;
      for (let round = 0; round < rounds; round++)
        sum += decode(encode(values, { seed: 9, round, client }), 257)
          .subarray(1, 256)
          .reduce((a, b) => a + b, 0);
      const deviation = Math.sqrt((fraction * (1 - fraction)) / (rounds * 255));
      expect(Math.abs(sum / (rounds * 255) - exact)).toBeLessThan(4.5 * deviation);
    }
  }
});

it("rounds each number by a random number of its own", () => {
  const values = new Float32Array(256).fill(0.5);
  values[0] = 127;
  const draw = (of: Partial<typeof key>) => decode(encode(values, { ...key, ...of }), 256).join("");
  const draws = [draw({}), draw({ seed: 6 }), draw({ round: 3 }), draw({ client: 4 })];
  expect(new Set(draws).size).toBe(4);
  expect(draw({})).toBe(draws[0]);
});

it("never errs by a scale or more, however large or small the numbers are", () => {
  const size = fc.integer({ min: -149, max: 125 }).map((exponent) => 2 ** exponent);
  const blocks = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(size, blocks, (unit, drawn) => {
      const values = Float32Array.from(drawn, (each) => each * unit);
      const decoded = decode(encode(values, key), values.length);
      const [scale] = new Float32Array(encode(values, key).buffer, 0, 1);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(127 * scale).toBeGreaterThanOrEqual(largest);
      expect(scale).toBeLessThanOrEqual((largest / 127) * (1 + 2 ** -22) + 2 ** -149);
      // A product is rounded to float32 once more.
      values.forEach((value, i) => {
        expect(Math.abs(decoded[i] - value)).toBeLessThanOrEqual(scale * (1 + 2 ** -16));
      });
    }),
  );
});

it.each([
  { scale: Number.NaN, what: "the scale of block 1 is NaN" },
  { scale: -1, what: "the scale of block 1 is -1" },
  { scale: Number.POSITIVE_INFINITY, what: "the scale of block 1 is Infinity" },
  { scale: 2 ** 121, what: "the scale of block 1 is" },
])("refuses a scale of $scale", ({ scale, what }) => {
  const bytes = encode(new Float32Array(257).fill(1), key);
  new Float32Array(bytes.buffer, 0, 2)[1] = scale;
  expect(() => decode(bytes, 257)).toThrow(what);
});

it("refuses -128, which no number is rounded to", () => {
  const bytes = encode(new Float32Array(3).fill(1), key);
  bytes[5] = 128;
  expect(() => decode(bytes, 3)).toThrow("entry 1 is -128");
});
