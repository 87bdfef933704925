import type { Activation } from "../../src/network/network-fields.js";
import { joinedLayers, layoutOf, type NetworkSpec, normalizedWidths } from "../../src/network/spec.js";

const tanhGelu = (z: number) => Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3));

/** Each activation and its derivative from its definition, in float64. */
export const activations: Record<Activation, { value(z: number): number; slope(z: number): number }> = {
  silu: {
    value: (z) => z / (1 + Math.exp(-z)),
    slope: (z) => {
      const s = 1 / (1 + Math.exp(-z));
      return s * (1 + z * (1 - s));
    },
  },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  gelu: {
    value: (z) => 0.5 * z * (1 + tanhGelu(z)),
    slope: (z) => {
      const t = tanhGelu(z);
      return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);
    },
  },
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
};

/** The network of a spec for one input row, in float64, by the definition: no blocks, no packing. */
export function referenceForward(
  spec: NetworkSpec,
  parameters: ArrayLike<number>,
  input: ArrayLike<number>,
  condition: ArrayLike<number> = [],
): number[] {
  return referenceTangent(spec, parameters, input, new Float64Array(input.length), condition).output;
}

/**
 * The same, and the product of its Jacobian with a tangent of the input.
 * @param condition of a modulated network, [conditionWidth].
 */
export function referenceTangent(
  spec: NetworkSpec,
  parameters: ArrayLike<number>,
  input: ArrayLike<number>,
  tangent: ArrayLike<number>,
  condition: ArrayLike<number> = [],
): { output: number[]; product: number[] } {
  const { entries, maps, widths } = layoutOf(spec);
  const joined = joinedLayers(spec);
  const { value, slope } = activations[spec.activation];
  let below = Array.from(input);
  let moving = Array.from(tangent);
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [weight, bias] = [entries[2 * layer], entries[2 * layer + 1]];
    if (!weight || !bias) throw new Error("layout without a layer");
    const fanIn = below.length;
    const product = (of: readonly number[], out: number, start: number) =>
      of.reduce((sum, x, index) => sum + x * (parameters[weight.offset + out * fanIn + index] as number), start);
    const last = layer + 2 === widths.length;
    const [x, v] = [below, moving];
    const outputs = Array.from({ length: widths[layer + 1] as number }, (_, out) => out);
    const { sums: z, moved: zv } = modulated(
      outputs.map((out) => product(x, out, parameters[bias.offset + out] as number)),
      outputs.map((out) => product(v, out, 0)),
    );
    function modulated(sums: number[], moved: number[]): { sums: number[]; moved: number[] } {
      if (spec.conditioning !== "film" || last) return { sums, moved };
      const [scale, shift] = ["scale", "shift"].map((role) => {
        const map = maps.find((each) => each.role === role && each.layer === layer);
        if (!map) throw new Error("layout without a modulation");
        return outputs.map((out) => {
          const row = Array.from(condition).reduce(
            (sum, c, i) => sum + c * (parameters[map.offset + out * map.fanIn + i] as number),
            0,
          );
          return row + (parameters[map.offset + map.fanIn * map.fanOut + out] as number);
        });
      });
      const divisor = normalizedWidths(spec)[layer];
      const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / divisor;
      const r = spec.normalization === "rms" ? 1 / Math.sqrt(mean(sums.map((s) => s * s)) + Math.fround(1e-5)) : 1;
      const n = sums.map((s) => s * r);
      const along = spec.normalization === "rms" ? mean(moved.map((dz, out) => dz * n[out])) : 0;
      return {
        sums: n.map((each, out) => each * (1 + scale[out]) + shift[out]),
        moved: moved.map((dz, out) => r * (dz - n[out] * along) * (1 + scale[out])),
      };
    }
    const joint = (of: readonly number[], out: number) => (joined[layer] ? (of[out] as number) : 0);
    below = last ? z : z.map((each, out) => value(each) + joint(x, out));
    moving = last ? zv : zv.map((each, out) => slope(z[out] as number) * each + joint(v, out));
  }
  return { output: below, product: moving };
}
