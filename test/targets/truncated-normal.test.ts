import { expect, test } from "vitest";
import { intervalMoments } from "../../src/targets/truncated-normal.js";
import { describeEngines } from "../support/engines.js";

describeEngines("normal on an interval", (engineOf) => {
  // [x, sigma, low, high, log mass, mean] by python3 and mpmath, mp.dps = 60: A = (low-x)/sigma, B = (high-x)/sigma,
  // mass = (mp.erfc(A/mp.sqrt(2)) - mp.erfc(B/mp.sqrt(2)))/2, mean = x + sigma*(mp.npdf(A) - mp.npdf(B))/mass; x > high by symmetry.
  test.each([
    [0.25, 0.5, 0, 1, -0.4705553654158995, 0.42813644208852986],
    [-3, 0.25, 0, 1, -75.4106730015688, 0.020553543813571083],
    [5, 0.02, 0, 1, -20006.21728089819, 0.9999000049993751],
    [-40, 0.5, 1, 2, -3367.325806446214, 1.0060957486520579],
    [0.5, 150, 0, 1, -5.929575679151409, 0.5],
    [1000, 150, -2, -1, -28.21843201789999, -1.4962908687117933],
    [0.999, 0.001, 0, 1, -0.17275377902344963, 0.9987124000290608],
    [1.001, 0.001, 0, 1, -1.8410216450090955, 0.999474864723839],
    [0, 1e4, -1, 0, -10.129278906847523, -0.49999999958333335],
  ])("N(%f, %f^2) on [%f, %f]", (x, sigma, low, high, logMass, mean) => {
    const got = intervalMoments(engineOf(), x, sigma, low, high);
    expect(Math.abs(got.logMass - logMass)).toBeLessThan(1e-10 + 1e-14 * Math.abs(logMass));
    // The difference of two densities cancels like (high - low) / sigma: 2^-53 sigma^2 / (high - low) absolute, a few times over.
    expect(Math.abs(got.mean - mean)).toBeLessThan(1e-13 + 1e-15 * sigma * sigma);
  });
});
