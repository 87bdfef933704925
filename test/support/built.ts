import { requireStage } from "../../tools/freshness.mjs";

let checked = false;

/** For what runs dist/ or build/js, as workers and the command line do: throws unless they are built from the sources as they are. */
export function requireBuild(): void {
  if (checked) return;
  requireStage("javascript");
  checked = true;
}
