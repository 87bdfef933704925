import { expect, it } from "vitest";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { createServerOptimizer, serverOptimizers } from "../../src/federation/server-optimizers/index.js";
import type { Engine } from "../../src/kernels/index.js";
import { trainingKindOf } from "../../src/theory/apriori/run-kind.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { specsOf } from "../support/specs.js";
import { smallFederation } from "./support.js";

type Server = NonNullable<FederationOptions["server"]>;

const federate = (engine: Engine, server: Server): Federation =>
  createFederation(engine, { ...smallFederation(poolTransport(new InThreadPool(engine)), 4), server, ema: 0.5 });

async function finish(federation: Federation, resumeFrom?: Uint8Array): Promise<Federation> {
  for await (const _ of federation.train({ ...(resumeFrom && { resumeFrom }) }));
  return federation;
}

it.each(specsOf(serverOptimizers))("does what $kind does where it computes the same", async (spec) => {
  const engine = await simdEngine();
  const own = { name: "mine", ...createServerOptimizer("server", spec) };
  const [built, mine] = [await finish(federate(engine, spec)), await finish(federate(engine, own))];
  expect(mine.parameters).toEqual(built.parameters);
  expect(mine.samplingParameters).toEqual(built.samplingParameters);
});

it("keeps its vectors in checkpoints, which are those of its name", async () => {
  const engine = await simdEngine();
  const own = { name: "mine", ...createServerOptimizer("server", { kind: "fedadam" }) };
  const whole = await finish(federate(engine, own));
  const begun = federate(engine, own);
  await begun.train().next();
  expect((await finish(federate(engine, own), begun.checkpoint())).parameters).toEqual(whole.parameters);
  const other = finish(federate(engine, { ...own, name: "another" }), begun.checkpoint());
  await expect(other).rejects.toThrow('server.name is "another" here and "mine" there');
});

it("is said to be the caller's own where the a-priori bound does not speak of it", async () => {
  const engine = await simdEngine();
  const own = { name: "mine", ...createServerOptimizer("server", { kind: "fedavg" }) };
  expect(trainingKindOf(federate(engine, own).options).server).toMatch(/^mine, a rule of the caller's own/);
});

it("is refused by what is wrong with it", async () => {
  const engine = await simdEngine();
  const own = { name: "mine", initialState: [0], step() {} };
  const refused = (wrong: object) => () => federate(engine, { ...own, ...wrong } as Server);
  expect(refused({ name: "" })).toThrow('server.name must be a name, got ""');
  expect(refused({ initialState: 3 })).toThrow("server.initialState must be an array, got 3");
  expect(refused({ initialState: [Number.NaN] })).toThrow("server.initialState[0] must be finite, got NaN");
  expect(refused({ step: 1 })).toThrow("server.step must be a function, got 1");
});
