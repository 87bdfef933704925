import { requireStage } from "../../tools/freshness.mjs";

/** Before any test of the sources: they load the kernels as they were built. */
export default function setup(): void {
  requireStage("wasm");
}
