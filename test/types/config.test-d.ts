import { describe, expectTypeOf, it } from "vitest";
import type { OptimizerSettings } from "../../src/entries/diffusion.js";
import type {
  ClientRuleSpec,
  FederationOptions,
  OwnClientRule,
  ServerOptimizerSpec,
  serverOptimizers,
} from "../../src/entries/federation.js";
import type { ConfigInput, ExperimentConfig } from "../../src/experiment/config/schema.js";
import type { NoiseScheduleSpec, TargetSpec } from "../../src/index.js";

describe("types that follow from fields", () => {
  it("have all defaults in a parsed config", () => {
    type Ou = Extract<ExperimentConfig["schedule"], { kind: "ou" }>;
    expectTypeOf<Ou>().toEqualTypeOf<{ kind: "ou"; tMin: number; tMax: number }>();
    type Server = ExperimentConfig["federation"]["server"]["kind"];
    expectTypeOf<Server>().toEqualTypeOf<keyof typeof serverOptimizers>();
    type Pca = Extract<ExperimentConfig["transforms"][number], { kind: "pca" }>;
    expectTypeOf<Pca>().toEqualTypeOf<{ kind: "pca"; components: number; whiten: boolean }>();
  });

  it("may leave defaults out of a config and of a specification, but not what is required", () => {
    expectTypeOf<{ kind: "ou"; tMax: 3 }>().toExtend<NonNullable<ConfigInput["schedule"]>>();
    expectTypeOf<{ kind: "ou"; tMax: 3 }>().toExtend<NoiseScheduleSpec>();
    expectTypeOf<{ kind: "ring" }>().toExtend<TargetSpec>();
    expectTypeOf<{ kind: "gaussian" }>().not.toExtend<TargetSpec>();
    expectTypeOf<{ kind: "gaussian" }>().not.toExtend<ConfigInput["data"]>();
  });

  it("may leave defaults out where the library trains, but have no others", () => {
    expectTypeOf<{ kind: "adam"; beta1: 0.5 }>().toExtend<OptimizerSettings>();
    expectTypeOf<{ kind: "fedavg" }>().toExtend<ServerOptimizerSpec>();
    expectTypeOf<{ kind: "fedprox" }>().toExtend<ClientRuleSpec>();
    expectTypeOf<{ kind: "scaffold" } | { kind: "fednova" }>().toExtend<ClientRuleSpec>();
    expectTypeOf<OwnClientRule>().not.toExtend<ClientRuleSpec>();
    expectTypeOf<OwnClientRule>().toExtend<NonNullable<FederationOptions["clientRule"]>>();
    expectTypeOf<{ kind: "adam"; beta1: "0.5" }>().not.toExtend<OptimizerSettings>();
    expectTypeOf<{ kind: "fedsgd" }>().not.toExtend<ServerOptimizerSpec>();
  });
});
