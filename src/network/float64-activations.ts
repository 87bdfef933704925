import type { PortableMath } from "../kernels/index.js";
import type { Activation } from "./network-fields.js";

/** An activation in float64: its value; the slope is asked with the value at hand. */
export interface Float64Activation {
  value(z: number): number;
  /** Derivative at z, where the value is `value`; at a kink that from the left. */
  slope(z: number, value: number): number;
}

/** sqrt(8 / pi) (z + 0.044715 z^3) and its derivative: (1 + tanh(u / 2)) / 2 is the sigmoid of u. */
const cubic = 0.044715;
const outer = Math.sqrt(8 / Math.PI);

/** An activation of hidden layers, with the same bits in every JavaScript engine. */
export function float64Activation(name: Activation, { exp, expm1 }: PortableMath): Float64Activation {
  const sigmoid = (z: number) => 1 / (1 + exp(-z));
  const all: Readonly<Record<Activation, Float64Activation>> = {
    silu: {
      value: (z) => z * sigmoid(z),
      slope: (z, value) => {
        const s = sigmoid(z);
        return s + value * (1 - s);
      },
    },
    relu: {
      value: (z) => (z > 0 ? z : 0),
      slope: (z) => (z > 0 ? 1 : 0),
    },
    gelu: {
      value: (z) => z * sigmoid(outer * z * (1 + cubic * z * z)),
      slope: (z, value) => {
        const s = sigmoid(outer * z * (1 + cubic * z * z));
        return s + value * (1 - s) * outer * (1 + 3 * cubic * z * z);
      },
    },
    tanh: {
      value: (z) => {
        const t = expm1(-2 * Math.abs(z));
        return z < 0 ? t / (t + 2) : -t / (t + 2);
      },
      slope: (_, value) => 1 - value * value,
    },
  };
  return all[name];
}
