/**
 * What a contestant is asked, in a process (serve.mjs) and in a Web Worker (page/worker.mjs):
 *   { op: "about" }                       -> { versions }
 *   { op: "prepare", workload, params }   -> { check: number[], units? } or { unsupported: reason }
 *   { op: "time", seconds }               -> { runs, seconds } of runs of the prepared workload for at least that long
 *   { op: "first", workload, params, runs } -> { seconds: number[] } of the first runs of a workload, nothing of it run before
 */
import { Timer } from "./timer.mjs";

/** @param contestant { versions, workloads } of CONTRACT.md. */
export function operationsOf({ versions, workloads }) {
  let timer;
  return {
    about: () => ({ versions }),
    async prepare({ workload, params }) {
      await timer?.workload.close?.();
      timer = undefined;
      if (!workloads[workload]) return { unsupported: "not in this library" };
      const prepared = await workloads[workload](params);
      if (prepared.unsupported) return prepared;
      timer = new Timer(prepared, () => performance.now() / 1000);
      return { check: Array.from(await prepared.check()), units: prepared.units };
    },
    async first({ workload, params, runs }) {
      const { run } = await workloads[workload](params);
      const seconds = [];
      for (let index = 0; index < runs; index++) {
        const begin = performance.now();
        await run();
        seconds.push((performance.now() - begin) / 1000);
      }
      return { seconds };
    },
    time: ({ seconds }) => timer.time(seconds),
  };
}
