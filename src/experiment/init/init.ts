import { ArgumentError } from "../../errors.js";
import { oneOf } from "../../fields.js";
import { type TargetKind, targetKinds } from "../../targets/index.js";
import { configJsonSchema } from "../config/schema.js";
import { commentedJson } from "./commented.js";
import { starterConfig, targetData } from "./starter.js";

/** A config to begin with. */
export interface StarterFile {
  readonly name: string;
  /** JSON with comments. */
  readonly text: string;
}

/** A config for a target, with every key explained. */
export function starterFile(kind: string): StarterFile {
  if (!isTarget(kind)) throw new ArgumentError("target", oneOf(targetKinds), kind);
  const config = starterConfig(targetData(kind));
  return { name: config.name, text: commentedJson(config, configJsonSchema()) };
}

function isTarget(kind: string): kind is TargetKind {
  return targetKinds.some((each) => each === kind);
}
