import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { canonicalJson } from "../../canonical-json.js";
import { FedscoreError } from "../../errors.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { causeOf } from "../files/cause.js";
import { digest } from "../files/checkpoint-file.js";
import { fileNames } from "../files/names.js";
import { readText } from "../files/read-file.js";
import { writeRunFile } from "../files/run-folder.js";
import { sha256 } from "../files/sha256.js";
import type { Json } from "./paths.js";
import { type SweepResult, sweepResultSchema } from "./result.js";

/** What is kept of a point. */
export interface StoredPoint {
  /** Wall time that it took. */
  readonly seconds: number;
  readonly result: Json;
}

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
    const earlier = sweepResultSchema.safeParse(readJson(path));
    if (!earlier.success || earlier.data.name !== name) {
      throw this.#refusal(`${fileNames.result} in it is not of sweep "${name}": choose another --out`);
    }
  }

  /** A point that was computed before; undefined where there is none. */
  get(hash: string): StoredPoint | undefined {
    const path = this.#pathOf(hash);
    return existsSync(join(this.#folder, path)) ? pointIn(join(this.#folder, path), hash) : undefined;
  }

  put(hash: string, point: StoredPoint): void {
    const stored = { point: hash, ...point, checksum: checksumOf(hash, point) };
    writeRunFile(this.#folder, this.#pathOf(hash), `${JSON.stringify(stored)}\n`);
  }

  /** Writes result.json. */
  finish(result: SweepResult): void {
    writeRunFile(this.#folder, fileNames.result, `${JSON.stringify(result, null, 2)}\n`);
  }

  #pathOf(hash: string): string {
    return join("points", `${hash}.json`);
  }

  #refusal(reason: string, cause?: unknown): FedscoreError {
    const message = `cannot use output folder ${this.#folder}: ${reason}`;
    return new FedscoreError("FEDSCORE_FILE", message, { folder: this.#folder }, cause);
  }
}

/** A point as its file has it. */
const storedPoint = z.strictObject({
  point: z.string(),
  seconds: z.number().gte(0),
  result: z.json(),
  checksum: digest,
});

/** Undefined for a file that is not of this point, or was damaged: it is computed again. */
function pointIn(path: string, hash: string): StoredPoint | undefined {
  const parsed = storedPoint.safeParse(readJson(path));
  if (!parsed.success) return undefined;
  const { point, checksum, ...stored } = parsed.data;
  return point === hash && checksum === checksumOf(hash, stored) ? stored : undefined;
}

function checksumOf(hash: string, { seconds, result }: StoredPoint): string {
  return sha256(canonicalJson({ point: hash, seconds, result }));
}

/** Undefined where the file is no JSON. */
function readJson(path: string): unknown {
  try {
    return parseJson(readText(path));
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return undefined;
  }
}
