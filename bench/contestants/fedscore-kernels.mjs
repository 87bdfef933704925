/**
 * Kernels one by one, and the limits that they are held against: what the memory moves and what the multiply-add units do. A piece of
 * work is one number (or one pair of a row and a component).
 */
import { instantiate, packedLength } from "../../dist/entries/kernels.js";
import { values } from "../harness/inputs.mjs";

const activationCodes = { silu: 1, relu: 2, gelu: 3, tanh: 4 };

export function kernelWorkloads(compiled) {
  const open = () => instantiate(compiled);

  return {
    /** One row of 256 inputs is nothing beside 1,024 activations of each of 48 rows: depth 1. */
    async activation({ name }) {
      const { arena, kernels } = open();
      const [rows, columns] = [48, 1024];
      const input = arena.copyIn(values(rows, 1)).pointer;
      const packed = arena.floats(packedLength(1, columns)).pointer;
      const weights = arena.copyIn(values(columns, 2).map((value) => 4 * value)).pointer;
      kernels.packPanelsTransposed(weights, 1, 1, columns, packed);
      const bias = arena.copyIn(values(columns, 3)).pointer;
      const [output, slope] = [0, 1].map(() => arena.floats(rows * (columns + 16)).pointer);
      const stride = columns + 16;
      const code = activationCodes[name];
      return {
        units: rows * columns,
        run() {
          kernels.denseForward(code, input, 1, packed, bias, rows, 1, columns, output, stride, slope, 0, 0);
        },
        check: () => [],
      };
    },

    async adam({ count, keep = false }) {
      const { arena, kernels } = open();
      const [parameters, gradient, first] = [1, 2, 3].map((salt) => arena.copyIn(values(count, salt)).pointer);
      const second = arena.copyIn(values(count, 4).map(Math.abs)).pointer;
      const mask = keep ? arena.copyBytes(new Uint8Array(count).fill(1)) : 0;
      return {
        units: count,
        run() {
          kernels.adamStep(parameters, gradient, first, second, mask, 1, 0.9, 0.999, 1e-3, 1, 1e-8, 1, count);
        },
        check: () => [],
      };
    },

    /** Posterior means of a mixture; the empirical law of a data set is one with variances 0. */
    async mixture({ rows, components, dimension, variance }) {
      const { arena, kernels } = open();
      const means = arena.copyIn(values(components * dimension, 1)).pointer;
      const packed = arena.floats(kernels.mixturePackedLength(components, dimension)).pointer;
      kernels.mixturePack(means, components, dimension, packed);
      const weights = arena.copyBytes(new Float64Array(components).fill(-Math.log(components)));
      const variances = arena.copyBytes(new Float64Array(components).fill(variance));
      const x = arena.copyIn(values(rows * dimension, 2)).pointer;
      const scratch = arena.allocate(kernels.mixtureScratchBytes(components, rows));
      const denoised = arena.floats(rows * dimension).pointer;
      return {
        units: rows * components,
        run() {
          kernels.mixtureEvaluate(
            packed,
            weights,
            variances,
            components,
            dimension,
            x,
            rows,
            0.6,
            0.8,
            scratch,
            denoised,
            0,
            0,
          );
        },
        check: () => [],
      };
    },

    async normals({ count }) {
      const { arena, kernels } = open();
      const out = arena.floats(count).pointer;
      let step = 0;
      return {
        units: count,
        run() {
          kernels.normalFill(out, count, 0, 1, 0, step++, 0, 0);
        },
        check: () => [],
      };
    },

    /** The memory's limit: float32 read and written, as y = y + a x does it over `count` numbers. Four vectors move for each. */
    async stream({ count }) {
      const { arena, kernels } = open();
      const x = arena.copyIn(values(count, 1)).pointer;
      const y = arena.copyIn(values(count, 2)).pointer;
      return {
        units: count,
        run() {
          kernels.linearCombination(x, 0.5, y, 0.5, count, y);
        },
        check: () => [],
      };
    },
  };
}
