import type { Preconditioning } from "../../diffusion/parameterization.js";
import { parameterizations } from "../../diffusion/parameterizations/index.js";
import { guidanceAt, plainGuidance } from "../../network/conditioned.js";
import type { Model } from "../model.js";
import type { SampleRequest } from "../sample-request.js";
import { classInput, points } from "./denoiser.js";
import { featuresAt } from "./features.js";
import { GraphBuilder, type ValueName } from "./graph.js";
import { inverseNodes } from "./inverse.js";
import { elementCodes, type GraphParts, type Value } from "./messages.js";
import { networkNodes } from "./network.js";
import { combined } from "./preconditioning.js";
import { type Update, updatesOf } from "./updates.js";

/** A row of the tables that the loop reads. */
interface Row extends Update, Preconditioning {
  readonly guidance: number;
  /** Which of the standard normals the update takes. */
  readonly draw: number;
}

/** Sampling as a graph: noise, step_noise where the sampler draws some, and class where there are some, to samples. */
export function samplerGraph(model: Model, request: SampleRequest): GraphParts {
  const { network, parameters, transform } = model;
  const { dimension, classes } = network;
  const rows = rowsOf(request);
  const mostNoise = rows.reduce((most, { noise }) => Math.max(most, noise.length), 0);
  const graph = new GraphBuilder();
  const output = networkNodes(graph, network, parameters);
  const draws = rows.filter(isNoisy).length;
  const keepsLast = rows.some((row) => row.previous !== 0 || !row.evaluates);

  const body = new GraphBuilder(graph);
  const [index, condition, x, last] = ["index", "condition", "x", "last"];
  const table = new Table(graph, body, rows, index);
  const features = table.vectors("features", ({ level }) => featuresAt(level.logSnr, network.noiseFeatures));
  const coefficients = {
    cIn: table.numbers("c_in", ({ cIn }) => cIn, 1),
    cSkip: table.numbers("c_skip", ({ cSkip }) => cSkip, 0),
    cOut: table.numbers("c_out", ({ cOut }) => cOut, 1),
  };
  const scale = table.numbers("guidance", ({ guidance }) => guidance, 1);
  const asked = (within: GraphBuilder, label?: ValueName) =>
    combined(within, x, coefficients, (scaled) =>
      output(within, { points: scaled, features, ...(label !== undefined && { classes: label }) }),
    );
  const steered = (within: GraphBuilder): ValueName => {
    if (classes === undefined) return asked(within);
    const own = asked(within, "class");
    if (scale === undefined) return own;
    const rest = body.apply("Sub", [body.number(1), scale]);
    return within.choose(
      within.apply("Cast", [rest], { to: elementCodes.bool }),
      (branch) => {
        const none = branch.apply("Mul", [asked(branch, branch.integers(classes)), rest]);
        return branch.apply("Add", [branch.apply("Mul", [own, scale]), none]);
      },
      () => own,
    );
  };
  const isAsked = rows.every((row) => row.evaluates)
    ? undefined
    : table.integers("evaluates", (row) => Number(row.evaluates));
  const denoised =
    isAsked === undefined
      ? steered(body)
      : body.choose(body.apply("Cast", [isAsked], { to: elementCodes.bool }), steered, () => last);
  const times = (value: ValueName, factor: ValueName) => body.apply("Mul", [value, factor]);
  const share = table.numbers("x", (row) => row.x, 1);
  const terms = [share === undefined ? x : times(x, share)];
  terms.push(
    times(
      denoised,
      table.vectors("denoised", (row) => [row.denoised]),
    ),
  );
  const previous = table.numbers("previous", (row) => row.previous, 0);
  if (previous !== undefined) terms.push(times(last, previous));
  if (draws > 0) {
    const z = body.apply("Gather", ["step_noise", table.integers("draw", (row) => row.draw)], { axis: 0 });
    terms.push(
      times(
        z,
        table.vectors("noise", (row) => perCoordinate(row, mostNoise)),
      ),
    );
  }
  const next = terms.reduce((sum, term) => body.apply("Add", [sum, term]));
  const goesOn = body.apply("Identity", [condition]);
  const state = (name: ValueName): Value => ({ name, type: "float" });
  const loop = body.parts(
    "update",
    [
      { name: index, type: "int64", shape: [] },
      { name: condition, type: "bool", shape: [] },
      ...[x, ...(keepsLast ? [last] : [])].map(state),
    ],
    [{ name: goesOn, type: "bool", shape: [] }, ...[next, ...(keepsLast ? [denoised] : [])].map(state)],
  );
  const begin = keepsLast ? ["noise", graph.apply("Mul", ["noise", graph.number(0)])] : ["noise"];
  const count = graph.tensor("steps.count", BigInt64Array.of(BigInt(rows.length)), []);
  const ends = begin.map(() => graph.name("Loop"));
  graph.applyTo("Loop", [count, "", ...begin], ends, { body: loop });
  graph.apply("Identity", [inverseNodes(graph, transform, ends[0])], {}, "samples");

  return graph.parts("sampler", inputsOf(dimension, draws, classes), [
    { name: "samples", type: "float", shape: [points, transform.inputDimension], text: "In the space of the data." },
  ]);
}

function inputsOf(dimension: number, draws: number, classes: number | undefined): Value[] {
  const state = [points, dimension];
  return [
    { name: "noise", type: "float", shape: state, text: "Standard normals to begin with, one row for each sample." },
    ...(draws === 0
      ? []
      : [
          {
            name: "step_noise",
            type: "float",
            shape: [draws, ...state],
            text: "Standard normals, for each step that adds noise in turn.",
          } as const,
        ]),
    ...(classes === undefined ? [] : [classInput(classes, "")]),
  ];
}

function rowsOf(request: SampleRequest): Row[] {
  const { network, conditioned } = request;
  const { parameterization, sigmaData } = network;
  const { guidance } = conditioned ?? { guidance: plainGuidance };
  let drawn = 0;
  return updatesOf(request).map((update) => ({
    ...update,
    ...parameterizations[parameterization].at(update.level, sigmaData),
    guidance: guidanceAt(guidance, update.level),
    draw: isNoisy(update) ? drawn++ : 0,
  }));
}

function isNoisy({ noise }: Update): boolean {
  return Array.from(noise).some((factor) => factor !== 0);
}

/** Factors of an update's noise, as many as the update of the loop that has `most`. */
function perCoordinate({ noise }: Row, most: number): ArrayLike<number> {
  return noise.length === most ? noise : new Array<number>(most).fill(noise[0]);
}

/** Numbers of the updates, as constants of a graph, of which each turn of a loop takes its own. */
class Table {
  readonly #graph: GraphBuilder;
  readonly #body: GraphBuilder;
  readonly #rows: readonly Row[];
  readonly #index: ValueName;

  constructor(graph: GraphBuilder, body: GraphBuilder, rows: readonly Row[], index: ValueName) {
    this.#graph = graph;
    this.#body = body;
    this.#rows = rows;
    this.#index = index;
  }

  /** A scalar; undefined where it is `neutral` in every row. */
  numbers(name: string, of: (row: Row) => number, neutral: number): ValueName | undefined {
    const values = Float32Array.from(this.#rows, of);
    return values.every((value) => value === neutral) ? undefined : this.#own(name, values, []);
  }

  integers(name: string, of: (row: Row) => number): ValueName {
    return this.#own(
      name,
      BigInt64Array.from(this.#rows, (row) => BigInt(of(row))),
      [],
    );
  }

  /** float32 [1, length]. */
  vectors(name: string, of: (row: Row) => ArrayLike<number>): ValueName {
    const all = this.#rows.map(of);
    const values = Float32Array.from(all.flatMap((vector) => Array.from(vector)));
    return this.#own(name, values, [1, all[0].length]);
  }

  #own(name: string, values: Float32Array | BigInt64Array, shape: readonly number[]): ValueName {
    const constant = this.#graph.tensor(`steps.${name}`, values, [this.#rows.length, ...shape]);
    return this.#body.apply("Gather", [constant, this.#index], { axis: 0 });
  }
}
