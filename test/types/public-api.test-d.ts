import { describe, expectTypeOf, it } from "vitest";
import type { Mask } from "../../src/entries/pruning.js";
import { defineTask, type Held, hold, type Task } from "../../src/entries/workers.js";
import {
  type ArgumentError,
  createEngine,
  type createFederation,
  createTarget,
  type Denoiser,
  type Engine,
  type ExactTarget,
  type FederationOptions,
  type NetworkSpec,
  type RoundReport,
  type SampleOptions,
  type SamplerName,
  type ScoreNetwork,
  sample,
  type samplers,
  type Target,
  type TargetSpec,
  type Transport,
  type Variant,
} from "../../src/index.js";

describe("public API", () => {
  it("takes and returns typed arrays, never handles", () => {
    expectTypeOf(createEngine).returns.resolves.toEqualTypeOf<Engine>();
    expectTypeOf<Engine["variant"]>().toEqualTypeOf<Variant>();
    expectTypeOf(sample).parameters.toEqualTypeOf<[Engine, SampleOptions]>();
    expectTypeOf(sample).returns.toExtend<Float32Array>();
    expectTypeOf(createTarget({ kind: "ring" })).toEqualTypeOf<ExactTarget>();
    expectTypeOf(createTarget({ kind: "moons" })).toEqualTypeOf<Target>();
    expectTypeOf(createTarget).toBeCallableWith({ kind: "moons" } as TargetSpec);
    expectTypeOf<ReturnType<Target["sample"]>["points"]>().toEqualTypeOf<Float32Array>();
  });

  it("accepts a network and an exact target wherever a denoiser is wanted", () => {
    expectTypeOf<ScoreNetwork>().toExtend<Denoiser>();
    expectTypeOf<NonNullable<Target["denoiser"]>>().toExtend<SampleOptions["denoiser"]>();
  });

  it("names samplers, masks and options exactly", () => {
    expectTypeOf<SamplerName>().toEqualTypeOf<keyof typeof samplers>();
    expectTypeOf<Mask["kind"]>().toEqualTypeOf<"full" | "structured" | "unstructured">();
    expectTypeOf<NetworkSpec["parameterization"]>().toEqualTypeOf<"eps" | "x0" | "v" | "score" | "edm" | "flow">();
    expectTypeOf<FederationOptions["weighting"]>().toEqualTypeOf<"uniform" | "samples" | undefined>();
    expectTypeOf<FederationOptions["transport"]>().toEqualTypeOf<Transport>();
  });

  it("asks a federation for its clients, what each trains on, and where they run", () => {
    type Needed = { [Key in keyof FederationOptions as undefined extends FederationOptions[Key] ? never : Key]: true };
    expectTypeOf<keyof Needed>().toEqualTypeOf<"network" | "clients" | "transport">();
    type Client = FederationOptions["clients"][number];
    expectTypeOf<{ rows: Uint32Array; keepRatio: number }>().toExtend<Client>();
    expectTypeOf<{ rowCount: number }>().toExtend<Client>();
    expectTypeOf<{ keepRatio: number }>().not.toExtend<Client>();
    expectTypeOf<{ rows: Uint32Array; rowCount: number }>().not.toExtend<Client>();
    expectTypeOf<{ dimension: number; sigmaData: number }>().toExtend<FederationOptions["network"]>();
    expectTypeOf<{ dimension: number }>().not.toExtend<FederationOptions["network"]>();
    expectTypeOf<ReturnType<typeof createFederation>["options"]["network"]>().toEqualTypeOf<NetworkSpec>();
  });

  it("iterates rounds", () => {
    type Train = ReturnType<typeof createFederation>["train"];
    expectTypeOf<ReturnType<Train>>().toExtend<AsyncIterable<RoundReport>>();
    expectTypeOf<RoundReport["absent"][number]["reason"]>().toEqualTypeOf<"late" | "lost" | "refused">();
  });

  it("infers what a task takes and gives from what it does", () => {
    const task = defineTask({
      name: "shift",
      open: (_engine, by: { readonly shift: number }) => by.shift,
      run: (_engine, shift, values: Float64Array) => values.map((value) => value + shift),
    });
    expectTypeOf(task).toExtend<Task<{ readonly shift: number }, number, Float64Array, Float64Array>>();
    expectTypeOf(hold<{ readonly shift: number }, number, Float64Array, Float64Array>).returns.toEqualTypeOf<
      Held<Float64Array, Float64Array>
    >();
  });

  it("has errors with stable codes", () => {
    expectTypeOf<ArgumentError>().toExtend<RangeError>();
    expectTypeOf<ArgumentError["code"]>().toExtend<string>();
  });
});
