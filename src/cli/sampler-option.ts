import { InvalidArgumentError, Option } from "commander";
import { createSampler, type SamplerSpec, samplers } from "../diffusion/samplers/index.js";
import { isFedscoreError } from "../errors.js";
import { JsonProblem, parseJson } from "../parse-json.js";

/** --sampler: a name, or as in a config an object with kind and settings. */
export function samplerOption(): Option {
  const names = Object.keys(samplers).join(", ");
  const text = `how one step is made (default: that of the run): ${names}; or JSON with settings, such as '{"kind":"ddim","eta":0.5}'`;
  return new Option("--sampler <name>", text).argParser(samplerOf);
}

function samplerOf(given: string): SamplerSpec {
  if (!given.trimStart().startsWith("{") && !Object.hasOwn(samplers, given))
    throw new InvalidArgumentError(`Allowed choices are ${Object.keys(samplers).join(", ")}.`);
  try {
    const spec = (Object.hasOwn(samplers, given) ? given : parseJson(given)) as SamplerSpec;
    createSampler(spec, "--sampler");
    return spec;
  } catch (error) {
    if (error instanceof JsonProblem) throw new InvalidArgumentError(`It must be a name or JSON: ${error.message}.`);
    if (isFedscoreError(error)) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}
