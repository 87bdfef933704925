import { createEngine } from "../../kernels/index.js";
import { fetchWorker } from "./worker-host.js";

/** Loads what a run and its files need beyond this script, so that nothing is fetched once a person has put rows into the page. */
export async function loadAhead(): Promise<void> {
  // What fails here fails again where it is needed, and is told there.
  await Promise.allSettled([
    fetchWorker(),
    createEngine({ variant: "simd" }),
    import("../../report/run-report.js"),
    import("../../tables/file/arrow/open.js"),
    import("../../tables/file/parquet/open.js"),
    import("./typed-library.js"),
  ]);
}
