import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SingleUpdate } from "../../../src/federation/aggregations/index.js";
import { attackersOf } from "../../../src/federation/attacks/attackers.js";
import {
  type AttackSpec,
  attacks,
  completeAttack,
  createAttack,
  type UpdateAttack,
} from "../../../src/federation/attacks/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import type { TrainingSetup } from "../../../src/federation/messages.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { specsOf } from "../../support/specs.js";
import { tables, updatesOf } from "../aggregations/support.js";
import { type HeldFederation, smallFederation, testTransport } from "../support.js";

const engine = await simdEngine();

/** What attackers send; the first `count` updates are theirs. */
function sent(spec: AttackSpec, updates: readonly SingleUpdate[], count = spec.clients, round = 0) {
  const attack = createAttack(engine, "attack", spec) as UpdateAttack;
  const parts = { attackers: updates.slice(0, count), honest: updates.slice(count) };
  return attack.corrupt({ seed: 1, round, ...parts }).map((values) => Array.from(values));
}

const specs = specsOf(attacks, Object.fromEntries(Object.keys(attacks).map((kind) => [kind, { clients: 2 }])));

describe.each(specs)("attack $kind", (spec) => {
  const attack = createAttack(engine, "attack", spec);

  it.skipIf(attack.on !== "updates")(
    "sends a finite number for each parameter that the attacker keeps, always the same",
    () => {
      fc.assert(
        fc.property(tables({ least: 3, most: 7 }), (table) => {
          const updates = updatesOf(table);
          const first = sent(spec, updates);
          expect(first.map(({ length }) => length)).toEqual(updates.slice(0, 2).map(({ values }) => values.length));
          expect(first.flat().every(Number.isFinite)).toBe(true);
          expect(sent(spec, updates)).toEqual(first);
          expect(updates).toEqual(updatesOf(table));
        }),
        { numRuns: 30, seed: 1 },
      );
    },
  );

  it("is of the drawn clients alone, in each round, and the others are who they are", async () => {
    const base = smallFederation(testTransport(engine), 6, { rounds: 2 });
    const federation = createFederation(engine, { ...base, attack: spec });
    expect(federation.attackers).toEqual(attackersOf(engine, spec, 6, 7));
    for await (const { attackers } of federation.train()) expect(attackers).toEqual(federation.attackers);
    const honest = createFederation(engine, base);
    for await (const report of honest.train()) expect(report.attackers).toBeUndefined();
    expect(honest.attackers).toEqual([]);
    // Pretended training does not look at rows.
    if (attack.on === "updates") expect(federation.parameters).not.toEqual(honest.parameters);
  });

  it("needs an honest client", () => {
    const federate = (clients: number) => () =>
      createFederation(engine, { ...smallFederation(testTransport(engine), 3), attack: { ...spec, clients } });
    expect(federate(2)).not.toThrow();
    expect(federate(3)).toThrow("attack.clients must be fewer than the 3 clients, got 3");
    expect(federate(0)).toThrow("attack.clients must be an integer >= 1, got 0");
  });
});

it("attackers are drawn by the seed, each client as often as others", () => {
  const counts = new Array<number>(5).fill(0);
  for (let seed = 0; seed < 400; seed++) for (const id of attackersOf(engine, { clients: 2 }, 5, seed)) counts[id]++;
  // 160 of each in the mean, with the standard deviation sqrt(400 * 0.4 * 0.6) = 9.8.
  for (const count of counts) expect(Math.abs(count - 160)).toBeLessThan(45);
});

it("sign-flip sends minus a multiple", () => {
  const updates = updatesOf([
    [1, null, -2],
    [5, 5, 5],
  ]);
  expect(sent({ kind: "sign-flip", clients: 1, scale: 3 }, updates)).toEqual([[-3, 6]]);
});

it("scaled-noise has the given size, another stream for each client and round, and no mean", () => {
  const [own, other] = updatesOf([
    Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5)),
    new Array<number>(4000).fill(0.5),
  ]);
  const spec = { kind: "scaled-noise", clients: 2, scale: 10 } as const;
  const [first, second] = sent(spec, [own, other]);
  const mean = first.reduce((sum, value) => sum + value, 0) / 4000;
  const variance = first.reduce((sum, value) => sum + value * value, 0) / 4000;
  // Of 4,000 normals of variance 25: standard errors 0.08 and 0.56.
  expect(Math.abs(mean)).toBeLessThan(0.4);
  expect(Math.abs(variance - 25)).toBeLessThan(3);
  expect(second).not.toEqual(first);
  expect(sent(spec, [own, other], 2, 1)[0]).not.toEqual(first);
});

it("little-is-enough sends mean - z deviations of the honest clients that keep a parameter, and its own where nobody does", () => {
  const updates = updatesOf([
    [9, 9, 9, 0.125],
    [9, null, 9, null],
    [1, 4, null, null],
    [2, null, 8, null],
    [6, 8, null, null],
  ]);
  const [first, second] = sent({ kind: "little-is-enough", clients: 2, deviations: 0.5 }, updates);
  const deviation = Math.sqrt(((1 - 3) ** 2 + (2 - 3) ** 2 + (6 - 3) ** 2) / 3);
  [3 - deviation / 2, 6 - 2 / 2, 8, 0.125].forEach((value, i) => {
    expect(first[i]).toBeCloseTo(value, 12);
  });
  expect(second).toEqual([first[0], first[2]]);
});

describe("data-poisoning", () => {
  const poison = (shift?: number) => {
    const attack = createAttack(engine, "attack", { kind: "data-poisoning", clients: 1, shift });
    return attack.on === "data" ? attack.poison : () => new Float32Array(0);
  };

  it("moves rows without classes, and swaps classes where there are some", () => {
    const plain = networkOf({ dimension: 2, sigmaData: 0.5 });
    expect(poison(4)(plain, Float32Array.of(1, 2, 3, 4))).toEqual(Float32Array.of(3, 4, 5, 6));
    const classed = { ...plain, classes: 10 };
    expect(poison()(classed, Float32Array.of(1, 2, 0, 3, 4, 7))).toEqual(Float32Array.of(1, 2, 9, 3, 4, 2));
  });

  it("is of the attackers' rows alone, those that others hold too stay, and the caller's points are theirs", async () => {
    let setup: TrainingSetup | undefined;
    const inner = testTransport(engine);
    const transport = {
      ...inner,
      open(each: TrainingSetup) {
        setup = each;
        return inner.open(each);
      },
    };
    const base: HeldFederation = smallFederation(transport, 3, { rounds: 1 });
    const clients = base.clients.map((client) => ({ ...client, rows: Uint32Array.of(0, 3) }));
    const points = base.points.slice();
    const federation = createFederation(engine, { ...base, clients, attack: { kind: "data-poisoning", clients: 1 } });
    for await (const _ of federation.train());
    expect(base.points).toEqual(points);
    const { points: told = points, clientRows } = setup ?? {};
    const rowsOf = (client: number) => Array.from(clientRows?.rows?.subarray(2 * client, 2 * client + 2) ?? []);
    for (let client = 0; client < 3; client++) {
      const shift = federation.attackers.includes(client) ? 3 * base.network.sigmaData : 0;
      const found = rowsOf(client).map((row) => [told[2 * row], told[2 * row + 1]]);
      const expected = [0, 3].map((row) => [points[2 * row], points[2 * row + 1]].map((v) => Math.fround(v + shift)));
      expect(found).toEqual(expected);
    }
  });

  it("is refused where clients hold their own rows", () => {
    const { points: _, clients, ...base } = smallFederation(testTransport(engine), 3);
    const own = clients.map(() => ({ rowCount: 4 }));
    const federate = (attack: AttackSpec) => () => createFederation(engine, { ...base, clients: own, attack });
    expect(federate({ kind: "data-poisoning", clients: 1 })).toThrow(
      "attack.kind must not be data-poisoning where clients hold their own data",
    );
    expect(federate({ kind: "sign-flip", clients: 1 })).not.toThrow();
  });
});

it("settings are refused by name", () => {
  const make = (spec: object) => () => completeAttack("attack", spec as AttackSpec);
  expect(make({ kind: "sign-flip" })).toThrow("attack.clients must be an integer >= 1, got undefined");
  expect(make({ kind: "scaled-noise", clients: 1, scale: 0 })).toThrow("attack.scale must lie in (0, inf), got 0");
  expect(make({ kind: "noise", clients: 1 })).toThrow('attack.kind must be one of "sign-flip"');
});
