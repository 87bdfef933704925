import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { causeOf } from "../files/cause.js";
import { fileNames } from "../files/names.js";
import { writeRunFile } from "../files/run-folder.js";
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
    return existsSync(join(this.#folder, path)) ? readJson(join(this.#folder, path)) : undefined;
  }

  put(hash: string, point: StoredPoint): void {
    writeRunFile(this.#folder, this.#pathOf(hash), `${JSON.stringify(point)}\n`);
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

function readJson(path: string) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot read ${path}: ${causeOf(error)}`, { path }, error);
  }
}
