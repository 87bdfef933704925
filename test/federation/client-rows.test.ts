import fc from "fast-check";
import { expect, it } from "vitest";
import { gatherRows } from "../../src/data/rows.js";
import { clientPoints, laidOut, packRows, rowsOfClient } from "../../src/federation/client-rows.js";
import { sharedFloats } from "../../src/workers/shared-memory.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const clientsOf = (held: readonly (readonly number[])[]) => held.map((rows) => ({ rows: Uint32Array.from(rows) }));

it("packs the rows of all clients and finds them again", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(99), { minLength: 1 }), { minLength: 1 }), (held) => {
      const packed = packRows(clientsOf(held));
      held.forEach((rows, client) => {
        expect([...rowsOfClient(packed, client)]).toEqual(rows);
      });
    }),
  );
});

describeEngines("points of a client", (engineOf) => {
  it("are its own rows, from data as they were given and from data that are laid out", () => {
    const network = networkOf({ dimension: 2 });
    const points = Float32Array.from({ length: 2 * 6 }, (_, at) => at);
    const setup = { network, points, clientRows: packRows(clientsOf([[4], [0, 2], [5, 1, 3]])) };
    for (const given of [setup, laidOut(setup), laidOut(setup, sharedFloats)]) {
      const rows = [0, 1, 2].map((client) =>
        engineOf().arena.scope(() => {
          const found = clientPoints({ engine: engineOf(), setup: given }, client);
          return [...("array" in found ? found.array : found)];
        }),
      );
      expect(rows).toEqual([
        [8, 9],
        [0, 1, 4, 5],
        [10, 11, 2, 3, 6, 7],
      ]);
    }
  });
});

it("lays data out without a change of what a client holds, one run a client where no row is counted twice", () => {
  const network = networkOf({ dimension: 3 });
  const points = Float32Array.from({ length: 3 * 20 }, (_, at) => at);
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(19), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 }),
      (held) => {
        const setup = { network, points, clientRows: packRows(clientsOf(held)) };
        const shared = laidOut(setup, sharedFloats);
        expect(shared.points.buffer).toBeInstanceOf(SharedArrayBuffer);
        const dataOf = ({ points: data, clientRows }: typeof setup, client: number) =>
          gatherRows(data, 3, rowsOfClient(clientRows, client));
        held.forEach((_, client) => {
          expect(dataOf(shared, client)).toEqual(dataOf(setup, client));
        });
        const rows = held.flat().length;
        expect(shared.points.length).toBe(3 * Math.min(rows, 20));
        expect(shared.clientRows.rows === undefined).toBe(rows <= 20);
      },
    ),
  );
});
