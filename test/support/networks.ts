import fc from "fast-check";
import { layoutOf, type NetworkSpec, residualGroups } from "../../src/network/spec.js";
import type { Mask, StructuredMask } from "../../src/pruning/mask.js";

/** A small network with odd widths unless said otherwise. */
export function networkOf(overrides: Partial<NetworkSpec> = {}): NetworkSpec {
  return {
    dimension: 3,
    hidden: [7, 5, 9],
    activation: "silu",
    residual: false,
    noiseFeatures: 4,
    parameterization: "eps",
    sigmaData: 1,
    ...overrides,
  };
}

/** Distinct float32 values, none 0: parameter i is i + 1/2, so a misplaced one shows. */
export function numberedParameters(spec: NetworkSpec): Float32Array {
  return Float32Array.from({ length: layoutOf(spec).size }, (_, i) => i + 0.5);
}

/** How a network is conditioned: beside the point, or by modulations, with and without normalization and classes. */
export const arbitraryConditioning: fc.Arbitrary<Partial<NetworkSpec>> = fc.oneof(
  fc.constant({}),
  fc
    .record(
      { normalization: fc.constantFrom("none" as const, "rms" as const), classes: fc.integer({ min: 1, max: 3 }) },
      { requiredKeys: [] },
    )
    .map((more) => ({ conditioning: "film" as const, ...more })),
);

/** Networks of 1 to 4 hidden layers of width 1 to 21, with and without residuals and modulations; equal neighbours are common. */
export const arbitraryNetwork: fc.Arbitrary<NetworkSpec> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 6 }),
    noiseFeatures: fc.integer({ min: 1, max: 3 }).map((half) => 2 * half),
    hidden: fc.array(fc.oneof(fc.constantFrom(6, 13), fc.integer({ min: 1, max: 21 })), { minLength: 1, maxLength: 4 }),
    residual: fc.boolean(),
    conditioning: arbitraryConditioning,
  })
  .map(({ conditioning, ...spec }) => networkOf({ ...spec, ...conditioning }));

/** Structured masks of a network: any nonempty set of neurons in each group of joined layers. */
export function arbitraryStructuredMask(spec: NetworkSpec): fc.Arbitrary<StructuredMask> {
  const groups = residualGroups(spec);
  const sets = groups.map(([first]) => {
    const neurons = Array.from({ length: spec.hidden[first as number] as number }, (_, neuron) => neuron);
    return fc.subarray(neurons, { minLength: 1 }).map((kept) => Uint32Array.from(kept).sort());
  });
  return fc.tuple(...sets).map((kept) => ({
    kind: "structured",
    kept: groups.flatMap((group, index) => group.map(() => kept[index] as Uint32Array)),
  }));
}

/** Any mask of a network. */
export function arbitraryMask(spec: NetworkSpec): fc.Arbitrary<Mask> {
  const { size } = layoutOf(spec);
  return fc.oneof(
    fc.constant<Mask>({ kind: "full" }),
    arbitraryStructuredMask(spec),
    fc
      .array(fc.constantFrom(0, 1), { minLength: size, maxLength: size })
      .map((bits): Mask => ({ kind: "unstructured", keep: Uint8Array.from(bits) })),
  );
}

export const arbitraryNetworkAndMask = arbitraryNetwork.chain((spec) =>
  arbitraryMask(spec).map((mask) => ({ spec, mask })),
);
