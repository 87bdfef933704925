/** What the matrix finds out: build/platforms.json, which `npm run test:matrix` commits as docs/platforms.json. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Measured } from "./federation-page.js";

export interface Ran {
  /** Builds of the kernels that ran, the one that the package takes by itself first. */
  readonly kernels: readonly ("relaxed" | "strict")[];
  readonly workers: string;
  /** From the import to the end of the first training step, milliseconds, the least of all loads; null where it is another's. */
  readonly coldStart: number | null;
}

/** Why something did not run on this machine. */
export interface Skipped {
  readonly skipped: string;
}

export interface RuntimeRow {
  readonly platform: string;
  readonly version: string;
  readonly outcome: Ran | Skipped;
}

export interface PageRow {
  readonly page: string;
  readonly version: string;
  /** Where the text of the workers came from. */
  readonly workersFrom: string;
  readonly outcomes: Readonly<Record<string, Ran | Skipped>>;
}

/** How often each platform is loaded for its cold start. */
const loads = Number(process.env.FEDSCORE_MATRIX_LOADS ?? 1);

/** Rounding of fused products against that of separate ones, in the mean loss of a few steps: 1e-8 is seen. */
const relaxedTolerance = 1e-5;

/** Loads a platform and holds what it does to what Node did. @throws where bytes differ or there are not two workers. */
export async function tried(load: () => Promise<Measured>, expected: Measured, timed = true): Promise<Ran> {
  const starts: number[] = [];
  let measured: Measured;
  do {
    measured = await load();
    starts.push(measured.coldStart);
    const { hex, samplesHex, transport } = measured;
    expect({ hex, samplesHex }).toEqual({ hex: expected.hex, samplesHex: expected.samplesHex });
    expect(transport).toMatch(/2 (worker threads|Web Workers)/);
  } while (timed && starts.length < loads);
  const { relaxed, byItself, transport } = measured;
  expect(byItself).toBe(relaxed ? "relaxed" : "simd");
  for (const [round, loss] of relaxed?.losses.entries() ?? [])
    expect(Math.abs(loss / expected.losses[round] - 1), `relaxed loss of round ${round}`).toBeLessThan(
      relaxedTolerance,
    );
  return {
    kernels: relaxed ? ["relaxed", "strict"] : ["strict"],
    workers: /2 (?:worker threads|Web Workers)/.exec(transport)?.[0] ?? transport,
    coldStart: timed ? Math.round(Math.min(...starts)) : null,
  };
}

/** Writes what one test file found into build/NAME. */
export async function keep(name: string, found: object): Promise<void> {
  const build = fileURLToPath(new URL("../../build", import.meta.url));
  await mkdir(build, { recursive: true });
  await writeFile(join(build, name), `${JSON.stringify(found, null, 2)}\n`);
}
