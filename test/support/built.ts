import { requireStage } from "../../tools/freshness.mjs";

let checked = false;
let webChecked = false;

/** For what runs dist/ or build/js, as workers and the command line do: throws unless they are built from the sources as they are. */
export function requireBuild(): void {
  if (checked) return;
  requireStage("javascript");
  checked = true;
}

/** The same for what opens dist/web. */
export function requireWeb(): void {
  if (webChecked) return;
  requireStage("web");
  webChecked = true;
}
