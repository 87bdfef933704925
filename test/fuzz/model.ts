import fc from "fast-check";
import { expect } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/data/formats/safetensors.js";
import { isFedscoreError } from "../../src/errors.js";
import { loadModel } from "../../src/model/load-model.js";
import type { Model } from "../../src/model/model.js";
import { sampleModel } from "../../src/model/sample-model.js";
import { saveModel } from "../../src/model/save-model.js";
import { simdEngine } from "../support/engines.js";
import { mutated, outcome } from "../support/hostile-bytes.js";
import { testModels } from "../support/models.js";
import { fuzzProperty } from "./property.js";

/** Values that parts of the metadata are changed to, as JSON. */
const hostile = fc.oneof(
  fc.constantFrom(0, -1, 1, 2, 3, 5, 0.5, 1e-300, 1e300, 2 ** 31, 2 ** 53, 1e-9, 400),
  fc.constantFrom(null, true, "", "compose", "ou", "heun", "\x1b[31m", "AAAA", [], {}, [1, 2], [0.9, 0.1]),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
interface Change {
  readonly key: number;
  readonly place: number;
  readonly value: unknown;
  readonly remove: boolean;
}
const changes = fc.array(fc.record<Change>({ key: fc.nat(), place: fc.nat(), value: hostile, remove: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Every place in a value: the object or array that holds it, and its key there. */
function placesIn(holder: object): { holder: Record<string, unknown>; key: string }[] {
  return Object.entries(holder).flatMap(([key, inner]: [string, unknown]) => [
    { holder: holder as Record<string, unknown>, key },
    ...(isObject(inner) ? placesIn(inner) : []),
  ]);
}

function changed(bytes: Uint8Array, list: readonly Change[]): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, "good");
  const { format = "", ...texts } = metadata;
  const keys = Object.keys(texts).sort();
  const values: Record<string, unknown> = Object.fromEntries(keys.map((key) => [key, JSON.parse(texts[key] ?? "")]));
  for (const { key, place, value, remove } of list) {
    const top = keys[key % keys.length] ?? "";
    const places = [{ holder: values, key: top }, ...(isObject(values[top]) ? placesIn(values[top]) : [])];
    const chosen = places[place % places.length];
    if (chosen && remove) delete chosen.holder[chosen.key];
    else if (chosen) chosen.holder[chosen.key] = value;
  }
  const entries = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, JSON.stringify(value)]],
  );
  return writeSafetensors(tensors, { format, ...Object.fromEntries(entries) });
}

/** A grid of few steps, where the model's own has many. */
function fewSteps({ sampling }: Model): Model["sampling"]["grid"] {
  const { grid } = sampling;
  if (grid.kind === "user") return grid.times.length < 60 ? grid : { kind: "uniform", steps: 4 };
  return (grid.steps ?? 1000) < 60 ? grid : { kind: "uniform", steps: 4 };
}

export const model = fuzzProperty({
  name: "model",
  text: "a model file with changed metadata or bytes is refused by name or is a model that samples and is saved again",
  cases: 500,
  async open() {
    const engine = await simdEngine();
    const models = testModels(engine).filter(
      ({ network }, index) => index % 3 === 0 && network.hidden.every((width) => width < 40),
    );
    const files = fc.constantFrom(...models.map(saveModel));
    return {
      arbitrary: fc.oneof(
        { arbitrary: fc.tuple(files, changes).map(([file, list]) => changed(file, list)), weight: 4 },
        { arbitrary: mutated(files), weight: 1 },
      ),
      async holds(bytes) {
        const loaded = await outcome("m", () => loadModel(engine, bytes, "m"));
        if (!loaded) return;
        expect(saveModel(loadModel(engine, saveModel(loaded), "m"))).toEqual(saveModel(loaded));
        try {
          const samples = await sampleModel(engine, loaded, { count: 2, grid: fewSteps(loaded) });
          expect(samples).toHaveLength(2 * loaded.transform.inputDimension);
        } catch (error) {
          // Weights and schedules of a file may be finite and what they lead to not.
          expect(isFedscoreError(error) && error.code, String(error)).toBe("FEDSCORE_NON_FINITE");
        }
      },
    };
  },
});
