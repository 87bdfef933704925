import { expect, it } from "vitest";
import { initializeParameters } from "../../src/network/initialize.js";
import { layoutOf } from "../../src/network/spec.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

describeEngines("initial parameters", (engineOf) => {
  const spec = networkOf({ dimension: 20, hidden: [60, 90], noiseFeatures: 12 });

  it("fill [-b, b]: b^2 is 6 over the inputs for weights of hidden layers (He), 1 over them for output weights and biases", () => {
    const parameters = initializeParameters(engineOf(), spec, 3);
    const bounds = layoutOf(spec).entries.map(({ name, offset, length }) => {
      const values = parameters.subarray(offset, offset + length);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const mean = values.reduce((sum, value) => sum + value, 0) / length;
      return { name, length, largest, mean };
    });
    const expected = [6 / 32, 1 / 32, 6 / 60, 1 / 60, 1 / 90, 1 / 90].map(Math.sqrt);
    bounds.forEach(({ name, length, largest, mean }, index) => {
      expect(largest, name).toBeLessThanOrEqual(expected[index]);
      // Of n uniform sizes the largest is below 1 - 8 / n with probability e^-8.
      expect(largest, name).toBeGreaterThan((1 - 8 / length) * expected[index]);
      expect(Math.abs(mean), name).toBeLessThan((4.5 * expected[index]) / Math.sqrt(3 * length));
    });
  });

  it("are a function of the seed", () => {
    expect(initializeParameters(engineOf(), spec, 3)).toEqual(initializeParameters(engineOf(), spec, 3));
    expect(initializeParameters(engineOf(), spec, 4)).not.toEqual(initializeParameters(engineOf(), spec, 3));
  });
});
