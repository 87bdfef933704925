import { readSafetensorsHeader, type SafetensorsHeader } from "../../data/formats/safetensors-header.js";
import { createEngine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import type { Fact } from "../print.js";
import { inspectModel } from "./model.js";
import { inspectRows } from "./rows.js";

/** What is in a safetensors file: a model, rows, or several tensors of which one may be rows. */
export async function inspectTensors(bytes: Uint8Array, source: string): Promise<Fact[]> {
  const header = readSafetensorsHeader(bytes, source);
  if (isModel(header)) return inspectModel(loadModel(await createEngine(), bytes, source));
  const { entries } = header;
  if (entries.length === 1) return inspectRows(bytes, source);
  return [
    ["kind", `${entries.length} tensors, safetensors`],
    ...entries.map(({ name, type, shape }): Fact => [name, `${type.name} [${shape.join(", ")}]`]),
    ...entries
      .slice(0, 1)
      .map(
        ({ name }): Fact => [
          "in a config",
          `"data": ${JSON.stringify({ kind: "safetensors", tensor: name, path: source })}, or another one of them`,
        ],
      ),
  ];
}

/** Also of another version, which loading it names. */
function isModel({ metadata }: SafetensorsHeader): boolean {
  return metadata.format?.startsWith("fedscore-model") ?? false;
}
