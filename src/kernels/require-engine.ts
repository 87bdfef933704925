import { ArgumentTypeError } from "../errors.js";
import type { Engine } from "./instance.js";

/** Throws unless value is an engine: what callers in plain JavaScript may forget, or forget to await. */
export function requireEngine(engine: Engine): Engine {
  const isEngine = typeof engine === "object" && engine !== null && "kernels" in engine && "arena" in engine;
  if (!isEngine) throw new ArgumentTypeError("engine", "must be an engine, which createEngine resolves to", engine);
  return engine;
}
