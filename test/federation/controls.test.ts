import fc from "fast-check";
import { expect, it } from "vitest";
import { controlsAfter, controlsOf, meanControl, noControls, sentState } from "../../src/federation/controls.js";
import type { ClientState } from "../../src/federation/messages.js";
import { layoutOf } from "../../src/network/spec.js";
import { expandMask } from "../../src/pruning/expand.js";
import { arbitraryMask, networkOf } from "../support/networks.js";

const network = networkOf({ dimension: 2, hidden: [3, 2], noiseFeatures: 4 });
const { size } = layoutOf(network);

/** Which clients take part in each round, with which mask, and what they give back. */
const rounds = fc.array(
  fc.uniqueArray(
    fc.record({ client: fc.nat(3), mask: arbitraryMask(network), offset: fc.integer({ min: -8, max: 8 }) }),
    {
      selector: ({ client }) => client,
      minLength: 1,
    },
  ),
  { minLength: 1, maxLength: 5 },
);
const weightOf = (client: number) => 1 + 3 * client;

it("has the weighted mean over the clients that have kept a parameter, and moves nothing that a mask does not keep", () => {
  fc.assert(
    fc.property(rounds, (drawn) => {
      let controls = noControls(size);
      let states: ReadonlyMap<number, ClientState> = new Map();
      const plain = new Map<number, (number | undefined)[]>();
      for (const [round, participants] of drawn.entries()) {
        const before = { controls, sum: controls.sum.slice(), weights: controls.weights.slice() };
        const back = (client: number, offset: number) =>
          Float32Array.from({ length: size }, (_, i) => (offset + i + client) / 4 + round);
        const after = new Map<number, ClientState>([
          ...states,
          ...participants.map(({ client, offset }) => [client, { control: back(client, offset) }] as const),
        ]);
        const assignments = participants.map(({ client, mask }) => ({
          client,
          mask,
          localSteps: 1,
          weight: weightOf(client),
        }));
        ({ controls, states } = controlsAfter(controls, { network, assignments, before: states, after }));
        expect([before.controls.sum, before.controls.weights]).toEqual([before.sum, before.weights]);
        for (const { client, mask, offset } of participants) {
          const known = plain.get(client) ?? Array.from<number | undefined>({ length: size });
          const given = back(client, offset);
          plain.set(
            client,
            known.map((value, i) => (expandMask(network, mask)[i] ? given[i] : value)),
          );
        }
      }
      const mean = meanControl(controls);
      for (let i = 0; i < size; i++) {
        const knowing = [...plain].flatMap(([client, { [i]: value }]) =>
          value === undefined ? [] : [{ weight: weightOf(client), value }],
        );
        const total = knowing.reduce((sum, { weight }) => sum + weight, 0);
        const expected = total === 0 ? 0 : knowing.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
        expect(mean[i]).toBe(Math.fround(expected));
      }
      for (const [client, state] of states) {
        expect(state.control).toEqual(Float32Array.from(plain.get(client) ?? [], (value) => value ?? 0));
        const sent = sentState(controls, mean, client, state);
        expect(sent.control).toEqual(Float32Array.from(plain.get(client) ?? [], (value, i) => value ?? mean[i]));
      }
      expect(controlsOf(controls.kept, controls.sum, weightOf)).toEqual(controls);
    }),
    { numRuns: 60 },
  );
});
