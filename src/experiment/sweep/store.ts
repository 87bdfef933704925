import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { canonicalJson } from "../../canonical-json.js";
import { FedscoreError } from "../../errors.js";
import { parseJson } from "../../parse-json.js";
import { sha256 } from "../../sha256.js";
import type { Json } from "../config/paths.js";
import { causeOf } from "../files/cause.js";
import { fileNames } from "../files/names.js";
import { readText } from "../files/read-file.js";
import { writeRunFile } from "../files/run-folder.js";
import type { Part } from "../result/not-computed.js";
import { type SweepResult, sweepResultSchema } from "./result.js";

/** What is kept of a point. */
export interface StoredPoint {
  /** Wall time that it took. */
  readonly seconds: number;
  /** What it found, or why it failed. */
  readonly result: Part<Json>;
}

const pointFile = z.strictObject({ seconds: z.number().gte(0), result: z.json(), sha256: z.string() });

/** The folder of a sweep: one file a point, so that what was computed once is never computed again. */
export class SweepStore {
  readonly #folder: string;

  /** @throws FedscoreError FEDSCORE_FILE where the folder holds the result of something else or cannot be made. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    try {
      mkdirSync(join(folder, "points"), { recursive: true });
    } catch (error) {
      throw this.#refusal(causeOf(error), error);
    }
    const path = join(folder, fileNames.result);
    if (!existsSync(path)) return;
    const earlier = sweepResultSchema.safeParse(readJson(path, "it is made of the points again when it is removed"));
    if (!earlier.success || earlier.data.name !== name) {
      throw this.#refusal(`${fileNames.result} in it is not of sweep "${name}": choose another --out`);
    }
  }

  /** A point that was computed before; undefined where there is none. @throws FedscoreError FEDSCORE_FILE for a damaged file. */
  get(hash: string): StoredPoint | undefined {
    const path = join(this.#folder, pathOf(hash));
    if (!existsSync(path)) return undefined;
    const wayOut = "remove it, and its point is computed again";
    const found = pointFile.safeParse(readJson(path, wayOut));
    if (!found.success) throw damaged(path, "it is not the result of a point", wayOut);
    const { seconds, result, sha256: digest } = found.data;
    if (digestOf({ seconds, result }) !== digest) throw damaged(path, "its checksum does not match", wayOut);
    return { seconds, result };
  }

  put(hash: string, point: StoredPoint): void {
    writeRunFile(this.#folder, pathOf(hash), `${JSON.stringify({ ...point, sha256: digestOf(point) })}\n`);
  }

  /** Writes result.json. */
  finish(result: SweepResult): void {
    writeRunFile(this.#folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
  }

  #refusal(reason: string, cause?: unknown): FedscoreError {
    const message = `cannot use output folder ${this.#folder}: ${reason}`;
    return new FedscoreError("FEDSCORE_FILE", message, { folder: this.#folder }, cause);
  }
}

function pathOf(hash: string): string {
  return join("points", `${hash}.json`);
}

function digestOf({ seconds, result }: StoredPoint): string {
  return sha256(canonicalJson({ seconds, result }));
}

function damaged(path: string, reason: string, wayOut: string, cause?: unknown): FedscoreError {
  return new FedscoreError("FEDSCORE_FILE", `cannot use ${path}: ${reason}; ${wayOut}`, { path }, cause);
}

function readJson(path: string, wayOut: string): unknown {
  const text = readText(path);
  try {
    return parseJson(text);
  } catch (error) {
    throw damaged(path, `it is damaged: ${causeOf(error)}`, wayOut, error);
  }
}
