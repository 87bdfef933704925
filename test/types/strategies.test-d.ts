/** Parts of one's own as strict user code writes them, and what the devices and privacy of a federation are typed as. */
import { describe, expectTypeOf, it } from "vitest";
import type {
  AggregatedUpdate,
  AggregationSpec,
  AsynchronousOptions,
  AttackSpec,
  aggregations,
  attacks,
  ClientRuleSpec,
  ClientStart,
  ClientTimes,
  clientRules,
  createAggregation,
  createVirtualClock,
  DeviceClock,
  DeviceEvent,
  DeviceProfile,
  DeviceProfileOptions,
  DevicesOptions,
  DeviceTiming,
  FederationOptions,
  FederationPlan,
  fitCapacities,
  OwnAggregation,
  OwnClientRule,
  PlannedClass,
  planFederation,
  RoundReport,
  readDeviceProfiles,
  SingleUpdate,
  VirtualRound,
} from "../../src/entries/federation.js";
import {
  type accountants,
  type EpsilonOptions,
  epsilonOf,
  gaussianDelta,
  gaussianEpsilon,
  lossEpsilon,
  type NoiselessSteps,
  noiseFor,
  type PrivacyBudget,
  type RenyiEpsilon,
  renyiDivergence,
  renyiEpsilon,
  renyiOrders,
  type SampledGaussian,
  type SpentPrivacy,
} from "../../src/entries/privacy.js";
import type { Engine } from "../../src/index.js";

describe("an aggregation of one's own", () => {
  it("is a name and a function of the updates", () => {
    const own = {
      name: "first",
      aggregate([{ keep, values, weight }]: readonly SingleUpdate[], { update, weights }: AggregatedUpdate) {
        for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
          if (keep[parameter] === 0) continue;
          update[parameter] = values[next++];
          weights[parameter] = weight;
        }
        return undefined;
      },
    };
    expectTypeOf(own).toExtend<OwnAggregation>();
    expectTypeOf(own).toExtend<NonNullable<FederationOptions["aggregation"]>>();
    expectTypeOf<Omit<typeof own, "name">>().not.toExtend<OwnAggregation>();
    expectTypeOf<OwnAggregation["leastUpdates"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<SingleUpdate["keep"]>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<SingleUpdate["values"]>().toEqualTypeOf<Float32Array>();
    expectTypeOf<ReturnType<OwnAggregation["aggregate"]>>().toEqualTypeOf<readonly number[] | undefined>();
    expectTypeOf<Parameters<typeof createAggregation>[1]>().toEqualTypeOf<AggregationSpec | OwnAggregation>();
  });

  it("is no specification, whose settings are those of its kind", () => {
    expectTypeOf<AggregationSpec["kind"]>().toEqualTypeOf<keyof typeof aggregations>();
    expectTypeOf<{ kind: "krum"; attackers: 2 }>().toExtend<AggregationSpec>();
    expectTypeOf<{ kind: "krum"; attackers: "2" }>().not.toExtend<AggregationSpec>();
    expectTypeOf<{ kind: "average" }>().not.toExtend<AggregationSpec>();
    expectTypeOf<OwnAggregation>().not.toExtend<AggregationSpec>();
    expectTypeOf<AttackSpec["kind"]>().toEqualTypeOf<keyof typeof attacks>();
    expectTypeOf<{ kind: "sign-flip"; clients: 1 }>().toExtend<AttackSpec>();
    expectTypeOf<{ kind: "sign-flip" }>().not.toExtend<AttackSpec>();
  });
});

describe("a client rule of one's own", () => {
  it("corrects gradients where they are, in wasm memory", () => {
    const own = {
      name: "weight decay",
      begin: ({ kernels }: Engine, { parameters: { length } }: ClientStart) => ({
        correct: ({ parameters, gradient }: Parameters<Local["correct"]>[0]) =>
          kernels.linearCombination(gradient, 1, parameters, 1e-3, length, gradient),
      }),
    };
    type Local = NonNullable<ReturnType<OwnClientRule["begin"]>>;
    expectTypeOf(own).toExtend<OwnClientRule>();
    expectTypeOf(own).toExtend<NonNullable<FederationOptions["clientRule"]>>();
    expectTypeOf<{ name: string; begin: () => undefined; effectiveSteps: () => number }>().toExtend<OwnClientRule>();
    expectTypeOf<{ name: string; begin: () => undefined; effectiveSteps: number }>().not.toExtend<OwnClientRule>();
    expectTypeOf<{ begin: () => undefined }>().not.toExtend<OwnClientRule>();
    expectTypeOf<ClientRuleSpec["kind"]>().toEqualTypeOf<keyof typeof clientRules>();
    expectTypeOf<Parameters<Local["correct"]>[0]["gradient"]>().not.toEqualTypeOf<number>();
  });
});

describe("devices", () => {
  it("have a clock that a simulator brings", () => {
    class Simulator {
      #now = 0;
      next({ kind, start, bytes }: DeviceEvent) {
        this.#now = Math.max(this.#now, start);
        return kind === "upload" ? { seconds: bytes / 1e6, lost: bytes > 1e9 } : { seconds: 1 };
      }
    }
    expectTypeOf<Simulator>().toExtend<DeviceClock>();
    expectTypeOf<{ next: (event: DeviceEvent) => number }>().not.toExtend<DeviceClock>();
    expectTypeOf<{ next: (event: DeviceEvent) => Promise<DeviceTiming> }>().not.toExtend<DeviceClock>();
    expectTypeOf<DeviceEvent["kind"]>().toEqualTypeOf<"select" | "download" | "compute" | "upload">();
    expectTypeOf<typeof createVirtualClock>().returns.toEqualTypeOf<DeviceClock>();
    expectTypeOf<DevicesOptions["clock"]>().toEqualTypeOf<DeviceClock | undefined>();
  });

  it("are profiles of which share and availability may be left out", () => {
    interface Board {
      readonly name: string;
      readonly flopsPerSecond: number;
      readonly memoryBytes: number;
      readonly uplink: number;
      readonly downlink: number;
    }
    expectTypeOf<Board>().toExtend<DeviceProfileOptions>();
    expectTypeOf<Omit<Board, "uplink">>().not.toExtend<DeviceProfileOptions>();
    expectTypeOf<DeviceProfile["availability"]>().toEqualTypeOf<number>();
    expectTypeOf<DeviceProfile>().toExtend<DeviceProfileOptions>();
    expectTypeOf<typeof readDeviceProfiles>().returns.toEqualTypeOf<readonly DeviceProfile[]>();
    expectTypeOf<{ profiles: Board[]; deadline: number; late: "wait" }>().toExtend<DevicesOptions>();
    expectTypeOf<{ profiles: Board[]; late: "never" }>().not.toExtend<DevicesOptions>();
    expectTypeOf<{ bufferSize: 2; concurrency: 4 }>().toExtend<AsynchronousOptions>();
    expectTypeOf<{ bufferSize: 2 }>().not.toExtend<AsynchronousOptions>();
  });

  it("are planned and fitted by the options of the run, and reported by round", () => {
    expectTypeOf<typeof planFederation>().parameters.toEqualTypeOf<[Engine, FederationOptions]>();
    expectTypeOf<typeof planFederation>().returns.toEqualTypeOf<FederationPlan>();
    expectTypeOf<FederationPlan["classes"]>().toEqualTypeOf<readonly PlannedClass[]>();
    expectTypeOf<typeof fitCapacities>().returns.toEqualTypeOf<number[]>();
    expectTypeOf<RoundReport["virtual"]>().toEqualTypeOf<VirtualRound | undefined>();
    expectTypeOf<VirtualRound["clients"]>().toEqualTypeOf<readonly ClientTimes[]>();
    expectTypeOf<ClientTimes["staleness"]>().toEqualTypeOf<number | undefined>();
  });
});

describe("privacy", () => {
  it("is counted of plain mechanisms", () => {
    expectTypeOf<{ sampleRate: 0.1; noiseMultiplier: 1; steps: 20 }>().toExtend<SampledGaussian>();
    expectTypeOf<NoiselessSteps>().toEqualTypeOf<{ readonly sampleRate: number; readonly steps: number }>();
    expectTypeOf(epsilonOf).parameter(0).toEqualTypeOf<readonly SampledGaussian[]>();
    expectTypeOf(epsilonOf).parameter(2).toEqualTypeOf<EpsilonOptions | undefined>();
    expectTypeOf(epsilonOf).returns.toEqualTypeOf<SpentPrivacy>();
    expectTypeOf<SpentPrivacy["accountant"]>().toEqualTypeOf<"exact" | "renyi" | "loss-distribution">();
    expectTypeOf<(typeof accountants)[number]>().toEqualTypeOf<SpentPrivacy["accountant"]>();
    expectTypeOf(noiseFor).parameters.toEqualTypeOf<[readonly NoiselessSteps[], PrivacyBudget]>();
    expectTypeOf<{ epsilon: 1 }>().not.toExtend<PrivacyBudget>();
    expectTypeOf(lossEpsilon).parameter(2).toEqualTypeOf<number | undefined>();
    expectTypeOf(renyiEpsilon).returns.toEqualTypeOf<RenyiEpsilon>();
    expectTypeOf(renyiOrders).toEqualTypeOf<readonly number[]>();
    for (const each of [gaussianDelta, gaussianEpsilon]) expectTypeOf(each).returns.toEqualTypeOf<number>();
    expectTypeOf(renyiDivergence).returns.toEqualTypeOf<number>();
  });

  it("of clients and of records is asked for where each has its place", () => {
    type Clients = NonNullable<FederationOptions["privacy"]>;
    expectTypeOf<{ clipNorm: 1; noiseMultiplier: 2; adaptive: { quantile: 0.5 } }>().toExtend<Clients>();
    expectTypeOf<{ clipNorm: 1 }>().not.toExtend<Clients>();
    type Records = NonNullable<NonNullable<FederationOptions["training"]>["privacy"]>;
    expectTypeOf<{ clipNorm: 1; noiseMultiplier: 2; noiseDraws: 4 }>().toExtend<Records>();
    expectTypeOf<{ clipNorm: 1; noiseMultiplier: 2; noiseDraws: "4" }>().not.toExtend<Records>();
    expectTypeOf<RoundReport["privacy"]>().toEqualTypeOf<
      { readonly clipNorm: number; readonly expectedClients: number } | undefined
    >();
    expectTypeOf<RoundReport["loss"]>().toEqualTypeOf<number | undefined>();
  });
});
