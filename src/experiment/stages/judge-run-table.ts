import { decodeTable } from "../../tables/encoding/encode.js";
import { isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt } from "./attempt.js";
import { judgeTable } from "./judge-table.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

/** The result of the table of a run; undefined where its data are none. */
export async function judgeRunTable(
  run: ReadyRun,
  drawn: Part<DrawnSamples>,
  referenceDrawn: Part<DrawnSamples> | undefined,
): Promise<ExperimentResult["table"]> {
  const { config, prepared } = run;
  const { table } = prepared.data;
  if (!table || config.data.kind !== "table") return undefined;
  const { encoding } = table;
  const decoded = (name: string, part: Part<DrawnSamples>) =>
    isNotComputed(part) ? without(name, part) : attempt(() => decodeTable(encoding, part.samples));
  const [synthetic, reference] = [
    await decoded("samples", drawn),
    referenceDrawn && (await decoded("reference.samples", referenceDrawn)),
  ];
  const { predict, clientColumn } = config.data;
  return attempt(() =>
    judgeTable(run, {
      ...table,
      ...{ dimension: encoding.dimension, synthetic, reference, predict, clientColumn },
      clients: table.clients?.names,
      clientRows: config.privacy ? undefined : prepared.clientRows,
    }),
  );
}
