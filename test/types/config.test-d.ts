import { describe, expectTypeOf, it } from "vitest";
import type { ConfigInput, ExperimentConfig } from "../../src/experiment/config/schema.js";
import type {
  NoiseScheduleSpec,
  OptimizerSettings,
  ServerOptimizerSpec,
  serverOptimizers,
  TargetSpec,
} from "../../src/index.js";

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

  it("name every setting of an optimizer where it is used", () => {
    expectTypeOf<OptimizerSettings["learningRate"]>().toEqualTypeOf<number>();
    expectTypeOf<{ kind: "fedavg" }>().not.toExtend<ServerOptimizerSpec>();
  });
});
