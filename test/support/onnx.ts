import * as ort from "onnxruntime-web";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** Numbers that a graph takes or gives. */
export interface OnnxTensor {
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

/** A graph in onnxruntime. */
export async function openOnnx(bytes: Uint8Array) {
  const session = await ort.InferenceSession.create(bytes);
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>> {
      const tensors = Object.entries(feeds).map(([name, { data, dims }]) => {
        const tensor =
          data instanceof Float32Array ? new ort.Tensor("float32", data, dims) : new ort.Tensor("int64", data, dims);
        return [name, tensor] as const;
      });
      const found = await session.run(Object.fromEntries(tensors));
      return Object.fromEntries(
        Object.entries(found).map(([name, { data, dims }]) => {
          if (data instanceof Float32Array) return [name, { data, dims }];
          throw new Error(`${name} is not float32`);
        }),
      );
    },
    close: () => session.release(),
  };
}
