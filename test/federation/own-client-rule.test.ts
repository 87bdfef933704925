import { expect, it } from "vitest";
import { clientRules, createClientRule, type OwnClientRule } from "../../src/federation/client-rules/index.js";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { rolling } from "../../src/pruning/families/rolling.js";
import { trainingKindOf } from "../../src/theory/apriori/run-kind.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { specsOf } from "../support/specs.js";
import { smallFederation } from "./support.js";

const engine = await simdEngine();
type Rule = NonNullable<FederationOptions["clientRule"]>;

function federate(clientRule: Rule, transport = poolTransport(new InThreadPool(engine))): Federation {
  const options = smallFederation(transport, 4, { clientRule, maskFamily: rolling, participation: 0.75, rounds: 4 });
  const clients = options.clients.map((client, id) => ({ ...client, keepRatio: [1, 0.5][id % 2], localSteps: 1 + id }));
  return createFederation(engine, { ...options, clients });
}

async function finish(federation: Federation, resumeFrom?: Uint8Array): Promise<Federation> {
  for await (const _ of federation.train({ ...(resumeFrom && { resumeFrom }) }));
  return federation;
}

it.each(specsOf(clientRules))("does what $kind does where it computes the same", async (spec) => {
  const [built, mine] = [
    await finish(federate(spec)),
    await finish(federate({ name: "mine", ...createClientRule("clientRule", spec) })),
  ];
  expect(mine.parameters).toEqual(built.parameters);
});

/** FedDyn's client, arXiv 2111.04263, with alpha 0.1: what it keeps is a running sum of how far it moved. */
const dynamic: OwnClientRule = {
  name: "dynamic regularization, alpha 0.1",
  controls: true,
  begin({ kernels, arena }, { parameters: start, controls }) {
    if (!controls) throw new Error("a rule with controls is given them");
    const { own } = controls;
    const before = arena.copyIn(own.array.slice()).pointer;
    return {
      correct({ parameters, gradient }) {
        kernels.addProximalGradient(gradient, parameters, start.pointer, 0.1, start.length);
        kernels.linearCombination(gradient, 1, before, -1, start.length, gradient);
      },
      end({ parameters }) {
        kernels.linearCombination(before, 1, parameters, -0.1, start.length, own.pointer);
        kernels.linearCombination(own.pointer, 1, start.pointer, 0.1, start.length, own.pointer);
      },
    };
  },
};

it("keeps vectors of clients in checkpoints, which are those of its name", async () => {
  const whole = await finish(federate(dynamic));
  expect(whole.parameters).not.toEqual((await finish(federate({ kind: "plain" }))).parameters);
  const begun = federate(dynamic);
  for await (const { round } of begun.train()) if (round === 1) break;
  expect((await finish(federate(dynamic), begun.checkpoint())).checkpoint()).toEqual(whole.checkpoint());
  const other = finish(federate({ ...dynamic, name: "another" }), begun.checkpoint());
  await expect(other).rejects.toThrow('clientRule.name is "another" here and');
});

it("is said to be the caller's own where the a-priori bound does not speak of it", () => {
  const kindOf = (rule: OwnClientRule) => trainingKindOf(federate(rule).options);
  expect(kindOf(dynamic).optimizer).toBe(
    "sgd with gradients changed by the client rule dynamic regularization, alpha 0.1 of the caller's own",
  );
  expect(kindOf({ name: "mine", begin: () => undefined, effectiveSteps: () => 1 }).server).toBe(
    "fedavg of updates that were normalized by mine of the caller's own",
  );
});

it("is refused by a pool of other threads, by its name", async () => {
  const { call, install, uninstall, close } = new InThreadPool(engine);
  const elsewhere = { name: "2 threads", size: 2, sharesMemory: false, call, install, uninstall, close };
  await expect(finish(federate(dynamic, poolTransport(elsewhere)))).rejects.toMatchObject({
    code: "FEDSCORE_UNSUPPORTED",
    message: expect.stringContaining(
      "2 threads: functions do not travel to other threads, so that the client rule dynamic",
    ),
  });
});

it("is refused by what is wrong with it", async () => {
  const refused = (wrong: object) => () => federate({ ...dynamic, ...wrong } as Rule);
  expect(refused({ name: "" })).toThrow('clientRule.name must be a name, got ""');
  expect(refused({ begin: 1 })).toThrow("clientRule.begin must be a function, got 1");
  expect(refused({ controls: 1 })).toThrow("clientRule.controls must be true or false, got 1");
  expect(refused({ effectiveSteps: 1 })).toThrow("clientRule.effectiveSteps must be a function, got 1");
  const broken = federate({ name: "mine", begin: () => undefined, effectiveSteps: () => 0 });
  await expect(finish(broken)).rejects.toThrow("clientRule.effectiveSteps must give positive numbers, got 0");
});
