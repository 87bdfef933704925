import { expect, it } from "vitest";
import { probeEvent, probeOf } from "../../../src/experiment/files/probe-event.js";
import { probes, withProbe } from "../../support/apriori-run.js";

it("brings every number of a probe back from a line of the log, NaN and Infinity too", () => {
  const smoothness = { hessian: Number.POSITIVE_INFINITY, pruned: Number.NaN, local: null, consecutive: 1 };
  const broken = withProbe(1, { loss: Number.NaN, gradientSquared: Number.NEGATIVE_INFINITY, smoothness });
  for (const probe of [...probes, ...broken]) {
    const event = probeEvent(probe);
    expect(event.event).toBe("probe");
    expect(probeOf(JSON.parse(JSON.stringify(event)))).toEqual(probe);
  }
});
