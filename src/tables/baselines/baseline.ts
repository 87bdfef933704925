import { requireInteger } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { requireOptions } from "../../options.js";
import type { Table } from "../column.js";
import { requireSomeRows, requireTable } from "../require-tables.js";

/** How many rows a baseline draws, and what from. */
export interface BaselineOptions {
  readonly rows: number;
  /** Integer in [0, 2^53). The same seed gives the same rows. */
  readonly seed: number;
}

/** A simple generator of tables, which a better one should beat. One file per baseline, plus one line in the index. */
export interface Baseline {
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  /** A table with the columns of `table`, of at least one row, and cells that occur in it. */
  generate(engine: Engine, table: Table, options: BaselineOptions): Table;
}

/** A baseline whose name is a type of its own, and which checks its arguments. */
export function baseline<const Name extends string>(definition: Baseline & { readonly name: Name }) {
  return {
    ...definition,
    /** Rows like those of a table: see Baseline. */
    generate(...[engine, table, options]: Parameters<Baseline["generate"]>): Table {
      requireEngine(engine);
      requireTable("table", table);
      requireSomeRows({ table });
      requireOptions("options", options, ["rows", "seed"]);
      requireInteger("rows", options.rows, 0);
      requireInteger("seed", options.seed, 0);
      return definition.generate(engine, table, options);
    },
  };
}
