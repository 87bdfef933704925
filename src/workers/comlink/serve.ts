import { FedscoreError } from "../../errors.js";
import { type CompiledKernels, type Engine, instantiate } from "../../kernels/index.js";
import { toWireError } from "../wire-error.js";
import { runHere, type WorkerFunction } from "../worker-pool.js";
import { type Answer, answerCalls } from "./comlink.js";
import { workerPort } from "./port.js";
import { startCall } from "./start-call.js";

/** The worker's side of a pool: answers calls of these functions by name, one after the other. */
export function serve(functions: readonly WorkerFunction<never, unknown>[]): void {
  const byName = new Map(functions.map((job) => [job.name, job]));
  let engine: Engine | undefined;

  function run(name: string, input: unknown): readonly [Answer, ArrayBuffer[]] {
    if (name === startCall) {
      engine = instantiate(input as CompiledKernels);
      return [{ kind: "value", value: undefined }, []];
    }
    const job = byName.get(name);
    if (!job)
      throw new FedscoreError(
        "FEDSCORE_WORKER",
        `the worker knows no function ${name}; it knows ${[...byName.keys()].join(", ")}`,
      );
    if (!engine) throw new FedscoreError("FEDSCORE_WORKER", `the worker was asked for ${name} before it was started`);
    // The caller's types are those of the function of this name: it was called through the same WorkerFunction.
    const value = runHere(job, engine, input as never);
    return [{ kind: "value", value }, job.transfer?.(value) ?? []];
  }

  answerCalls(workerPort(), (name, input) => {
    try {
      return run(name, input);
    } catch (error) {
      return [{ kind: "error", error: toWireError(error) }, []];
    }
  });
}
