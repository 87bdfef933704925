import type { Transform } from "../data/transforms/index.js";
import { createTarget, targetKinds } from "../targets/index.js";
import type { LawSpec } from "../targets/law.js";
import type { DataConfig } from "./config/data.js";
import type { TargetConfig } from "./target.js";

/** The data law of a run with its exact denoiser, in the coordinates of the network; or why there is none. */
export type RunLaw = { readonly law: LawSpec } | { readonly reason: string };

/** Looks at the target of a config and at the transforms that stand between it and the network. */
export function exactLaw(data: DataConfig, transform: Transform): RunLaw {
  if (!isTarget(data)) return { reason: `data of kind "${data.kind}" are read from files: their law is not known` };
  const { train, heldOut, ...spec } = data;
  if (!createTarget(spec).denoiser) return { reason: `the exact denoiser of ${data.kind} is not known in closed form` };
  const { affine } = transform;
  if (affine) return { law: { of: spec, affine } };
  return {
    reason: `the transforms (${transform.name}) do not scale all coordinates alike: noise in the network's coordinates is not isotropic in those of the target; use standardize with scale "global", or no transform`,
  };
}

function isTarget(data: DataConfig): data is Extract<DataConfig, TargetConfig> {
  return (targetKinds as readonly string[]).includes(data.kind);
}
