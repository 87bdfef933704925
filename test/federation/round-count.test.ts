import fc from "fast-check";
import { expect, it } from "vitest";
import type { ClientAssignment } from "../../src/federation/messages.js";
import { RoundCounter } from "../../src/federation/round-count.js";
import { layoutOf } from "../../src/network/spec.js";
import { expandMask } from "../../src/pruning/expand.js";
import { CoverageLedger } from "../../src/pruning/ledger.js";
import { arbitraryMask, networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";

const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });
const { size } = layoutOf(network);

const arbitraryClients = fc.array(
  fc.record({ mask: arbitraryMask(network), weight: fc.constantFrom(1, 1, 2.5, 600) }),
  { minLength: 1, maxLength: 5 },
);

function assignmentsOf(clients: readonly Pick<ClientAssignment, "mask" | "weight">[]): ClientAssignment[] {
  return clients.map((each, client) => ({ client, localSteps: 1, ...each }));
}

it("counts every round as if it were the first, whatever came before, and the same masks only once", () => {
  const arbitraryRounds = fc
    .array(arbitraryClients, { minLength: 1, maxLength: 3 })
    .chain((choices) => fc.array(fc.constantFrom(...choices), { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(arbitraryRounds, (rounds) => {
      const counter = new RoundCounter(network);
      const [ledger, reference] = [new CoverageLedger(network), new CoverageLedger(network)];
      rounds.forEach((clients, round) => {
        const parameters = testNumbers(size, round + 1);
        // What travels and comes back is equal, not the same.
        const { weights, counted, bytes } = counter.count(round, assignmentsOf(structuredClone(clients)), parameters);
        const again = counter.count(round, assignmentsOf(clients), parameters);
        if (clients.every(({ mask }) => mask.kind !== "unstructured")) expect(again.counted.masks).toBe(counted.masks);
        const keeps = clients.map(({ mask }) => expandMask(network, mask));
        const expected = Float64Array.from({ length: size }, (_, i) =>
          clients.reduce((sum, { weight }, n) => sum + weight * keeps[n][i], 0),
        );
        expect(weights).toEqual(expected);
        expect(bytes).toBe(4 * keeps.reduce((sum, keep) => sum + keep.reduce((ones, one) => ones + one, 0), 0));
        ledger.enter(again.counted);
        const masks = clients.map(({ mask }) => mask);
        expect(again.counted.coverage).toEqual(reference.record(round, masks, parameters));
        expect(ledger.state()).toEqual(reference.state());
      });
    }),
  );
});
