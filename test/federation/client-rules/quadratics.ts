import { createFederation, type Federation } from "../../../src/federation/federation.js";
import { completeOptions } from "../../../src/federation/options.js";
import type { Engine } from "../../../src/kernels/index.js";
import { createOptimizer } from "../../../src/network/optimizers/index.js";
import { layoutOf } from "../../../src/network/spec.js";
import type { LocalTrainer } from "../../../src/network/training.js";
import { expandMask } from "../../../src/pruning/expand.js";
import { prefix } from "../../../src/pruning/families/prefix.js";
import { type HeldFederation, smallFederation, testTransport } from "../support.js";

/** The objective a / 2 |w - m|^2 of a client, the same for each parameter, and how much of the network it keeps. */
export interface Quadratic {
  readonly curvature: number;
  readonly minimum: number;
  readonly localSteps: number;
  readonly keepRatio: number;
}

/** Local training on the clients' quadratics by the optimizer of the settings, under the rule: as `trainInPlace` trains on a network's loss. */
export const onQuadratics =
  (clients: readonly Quadratic[]): LocalTrainer =>
  (engine, { parameters, keep, settings, steps, client, rule }) =>
    engine.arena.scope(() => {
      const { curvature, minimum } = clients[client];
      const gradient = engine.arena.floats(parameters.length);
      const optimizer = createOptimizer(engine, settings.optimizer, parameters.length);
      const kept = keep && engine.arena.copyBytes(keep);
      for (let step = 0; step < steps; step++) {
        gradient.array.set(parameters.array.map((w) => curvature * (w - minimum)));
        rule?.correct({ step, parameters: parameters.pointer, gradient: gradient.pointer });
        optimizer.step(parameters.pointer, gradient.pointer, { ...(kept && { keep: kept }) });
      }
      rule?.end?.({ steps, parameters: parameters.pointer });
      return { losses: new Float64Array(steps), flops: 1 };
    });

/** A federation of such clients, which starts at 0 and takes gradient steps of rate 0.05 unless told otherwise. */
export function quadraticFederation(
  engine: Engine,
  clients: readonly Quadratic[],
  overrides: Partial<HeldFederation>,
): Federation {
  const transport = testTransport(engine, { train: onQuadratics(clients) });
  const options = smallFederation(transport, clients.length, { maskFamily: prefix, rounds: 200, ...overrides });
  const { size } = layoutOf(completeOptions(options).network);
  return createFederation(engine, {
    ...options,
    initial: options.initial ?? new Float32Array(size),
    clients: options.clients.map((client, id) => {
      const { localSteps, keepRatio } = clients[id];
      return { ...client, localSteps, keepRatio };
    }),
  });
}

/** Where a federation ends. */
export async function finish(federation: Federation): Promise<Float32Array> {
  for await (const _ of federation.train());
  return federation.parameters;
}

/** For each parameter the mean of the clients' minima over those that keep it, with weights of one's own. */
export function weightedMinima(
  engine: Engine,
  clients: readonly Quadratic[],
  weightOf: (client: Quadratic) => number,
): Float64Array {
  const { network: spec } = completeOptions(smallFederation(testTransport(engine), 1));
  const masks = prefix.assign({
    ...{ engine, spec, seed: 7, round: 0, parameters: new Float32Array(layoutOf(spec).size) },
    clients: clients.map(({ keepRatio }, id) => ({ id, keepRatio })),
  });
  const keeps = masks.map((mask) => expandMask(spec, mask));
  return Float64Array.from({ length: layoutOf(spec).size }, (_, i) => {
    const covering = clients.filter((_, client) => keeps[client][i] === 1);
    const total = covering.reduce((sum, client) => sum + weightOf(client), 0);
    return covering.reduce((sum, client) => sum + weightOf(client) * client.minimum, 0) / total;
  });
}

/** max |a - b|. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}
