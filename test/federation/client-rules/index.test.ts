import fc from "fast-check";
import { expect, it } from "vitest";
import { runBlocks } from "../../../src/federation/client-block.js";
import { type ClientRuleSpec, clientRules, createClientRule } from "../../../src/federation/client-rules/index.js";
import { createFederation } from "../../../src/federation/federation.js";
import type { Block } from "../../../src/federation/messages.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { layoutOf } from "../../../src/network/spec.js";
import { trainInPlace } from "../../../src/network/train-locally.js";
import { expandMask } from "../../../src/pruning/expand.js";
import { scatter } from "../../../src/pruning/extract.js";
import { rolling } from "../../../src/pruning/families/rolling.js";
import type { Mask } from "../../../src/pruning/mask.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { describeEngines } from "../../support/engines.js";
import { arbitraryMask, networkOf } from "../../support/networks.js";
import { arbitrarySpec, specsOf } from "../../support/specs.js";
import { type HeldFederation, runBlock, smallFederation, testTransport } from "../support.js";
import { aClient, controlsIn, controlVectors, serverParameters, trainAlone, trainingContext } from "./support.js";

const specs = specsOf(clientRules);
const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });
const controls = controlVectors(layoutOf(network).size);
const masks: readonly Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(0, 2, 5), Uint32Array.of(1, 4)] },
  { kind: "unstructured", keep: Uint8Array.from({ length: layoutOf(network).size }, (_, i) => i % 3 && 1) },
];

describeEngines("each client rule", (engineOf) => {
  const blockOf = (block: number, clients: readonly number[], maskOf: (client: number) => Mask): Block => ({
    id: `run/6/${block}`,
    setup: "run",
    round: 6,
    block,
    clients: clients.map((client) => ({
      ...{ client, mask: maskOf(client), localSteps: 4, weight: 1 + client },
      ...(client % 3 !== 1 && { state: { control: controls.own } }),
    })),
    flops: 1,
    nonFinite: "stop",
  });

  it.each(specs)("$kind applies to the client's own network, from where that starts", (spec) => {
    const engine = engineOf();
    const context = trainingContext(engine, 1, spec);
    const server = serverParameters(engine, context);
    for (const mask of masks) {
      const rule = createClientRule("clientRule", spec);
      const { local } = trainAlone(engine, mask, 4, (parameters) =>
        rule.begin(engine, {
          ...aClient,
          parameters,
          ...(rule.controls && { controls: controlsIn(engine, network, mask) }),
        }),
      );
      const moved = server.slice();
      scatter(engine, network, local, mask, moved);
      const keep = expandMask(network, mask);
      const expected = server.map((value, i) => (keep[i] ? moved[i] - value : 0));
      const block = blockOf(0, [0], () => mask);
      expect(runBlock(context, server, block, controls.mean).sum).toEqual(expected);
      expect(expected.some((value) => value !== 0)).toBe(true);
    }
  });

  it.each(Object.values(clientRules))(
    "$kind gives blocks the same bytes however they are arranged, and releases all memory",
    (rule) => {
      const engine = engineOf();
      const settings = arbitrarySpec(rule).map((spec) => spec as ClientRuleSpec);
      const everybody = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
      const ownMasks = fc.array(fc.oneof(fc.constantFrom(...masks), arbitraryMask(network)), {
        minLength: 6,
        maxLength: 6,
      });
      fc.assert(
        fc.property(settings, everybody, fc.integer({ min: 0, max: 6 }), ownMasks, (spec, clients, cut, drawn) => {
          const context = trainingContext(engine, 6, spec);
          const parameters = serverParameters(engine, context);
          const { used } = engine.arena;
          const maskOf = (client: number) => drawn[client];
          const blocks = [clients.slice(0, cut), clients.slice(cut)].map((part, n) => blockOf(n, part, maskOf));
          const control = controls.mean;
          const together = runBlocks(context, { parameters, control, blocks });
          expect(together).toEqual(blocks.map((block) => runBlock(context, parameters, block, control)));
          for (const report of together.flatMap(({ reports }) => reports)) {
            const alone = runBlock(context, parameters, blockOf(0, [report.client], maskOf), control);
            expect(alone.reports).toEqual([report]);
          }
          expect(engine.arena.used).toBe(used);
        }),
        { numRuns: 15 },
      );
    },
  );

  const federate = (clientRule: ClientRuleSpec, overrides: Partial<HeldFederation> = {}) => {
    const options = smallFederation(poolTransport(new InThreadPool(engineOf())), 5, { clientRule, ...overrides });
    const clients = options.clients.map((client, id) => ({
      ...{ ...client, keepRatio: [1, 0.5, 0.3][id % 3], localSteps: 1 + (id % 4) },
    }));
    return createFederation(engineOf(), { ...options, clients });
  };

  it.each(specs)("$kind leaves what no client keeps at its bits", async (clientRule) => {
    for (const mask of masks) {
      const maskFamily = { name: "fixed", source: "test", assign: () => Array<Mask>(5).fill(mask) };
      const federation = federate(clientRule, { maskFamily });
      const before = federation.parameters;
      for await (const _ of federation.train());
      const keep = expandMask(network, mask);
      const after = federation.parameters;
      const lost = before.map((value, i) => (keep[i] ? 0 : value));
      expect(after.map((value, i) => (keep[i] ? 0 : value))).toEqual(lost);
      expect(after).not.toEqual(before);
    }
  });

  /** For each rule what makes its steps plain ones. */
  const idle: Readonly<Record<keyof typeof clientRules, (options: HeldFederation) => Partial<HeldFederation>>> = {
    plain: () => ({}),
    fedprox: () => ({ clientRule: { kind: "fedprox", mu: 0 } }),
    // Its mean is its own control variate.
    scaffold: ({ clients: [alone] }) => ({ clientRule: { kind: "scaffold" }, clients: [alone] }),
    // All clients take as many steps.
    fednova: () => ({ clientRule: { kind: "fednova" } }),
  };

  it.each(Object.entries(idle))("%s gives the bytes of plain where it has nothing to do", async (_, withoutEffect) => {
    const options = smallFederation(poolTransport(new InThreadPool(engineOf())), 5, { maskFamily: rolling, rounds: 4 });
    const overrides = withoutEffect(options);
    const parameters = [overrides, { ...overrides, clientRule: { kind: "plain" } as const }].map(async (changed) => {
      const federation = createFederation(engineOf(), { ...options, ...changed });
      for await (const _ of federation.train());
      return federation.parameters;
    });
    const [idling, plain] = await Promise.all(parameters);
    expect(idling).toEqual(plain);
  });

  it.each(specs)("$kind is the same for any order of arrival and repeated updates", async (clientRule) => {
    const finished = async (arrival?: (count: number) => readonly number[]) => {
      const transport = testTransport(engineOf(), { train: trainInPlace, ...(arrival && { arrival }) });
      const options = smallFederation(transport, 5, { clientRule, maskFamily: rolling, participation: 0.8 });
      const clients = options.clients.map((client, id) => ({ ...client, localSteps: 1 + (id % 3) }));
      const federation = createFederation(engineOf(), { ...options, clients });
      for await (const _ of federation.train());
      return federation.checkpoint();
    };
    const shuffled = await finished((count) => [...Array(count).keys(), 0, 1].reverse());
    expect(shuffled).toEqual(await finished());
  });

  it.each(specs)("$kind resumes to the same bytes from every round, and refuses another rule by name", async (spec) => {
    const overrides = { maskFamily: rolling, participation: 0.6, rounds: 4 };
    const saved: Uint8Array[] = [];
    const straight = federate(spec, overrides);
    for await (const _ of straight.train({ checkpoint: { every: 1, save: async (bytes) => void saved.push(bytes) } }));
    expect(saved).toHaveLength(4);
    for (const resumeFrom of saved) {
      const resumed = federate(spec, overrides);
      for await (const _ of resumed.train({ resumeFrom }));
      expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    }
    for (const other of specs.filter(({ kind }) => kind !== spec.kind)) {
      await expect(federate(other, overrides).train({ resumeFrom: saved[0] }).next()).rejects.toMatchObject({
        code: "FEDSCORE_CHECKPOINT",
        message: expect.stringContaining("it is of another run: clientRule."),
      });
    }
  });
});
