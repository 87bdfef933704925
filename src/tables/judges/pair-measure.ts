import { requireArray, requireLength } from "../../errors.js";
import type { Column } from "../column.js";
import { requireColumn } from "../require-tables.js";
import type { Measured } from "./measured.js";

type Kind = Column["kind"] | undefined;

/** Two columns of one table. */
export type ColumnPair<A extends Column = Column, B extends Column = A> = readonly [A, B];

/** What the relation between two columns of a synthetic table has in common with that of the real one: from 0, nothing, to 1. */
export interface PairMeasure<C extends Column = Column> {
  /** As SDMetrics calls it. */
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  /** Kind of both columns; "any" where kinds may be mixed. */
  readonly columns: C["kind"] | "any";
  /** Page of the definition, and paper of the interval. */
  readonly source: string;
  /** Of two real columns and the synthetic ones. */
  evaluate(real: ColumnPair<C>, synthetic: ColumnPair<C>): Measured;
}

/** A measure whose name is a type of its own, and which checks its arguments. */
export function pairMeasure<C extends Column, const Name extends string>(
  definition: PairMeasure<C> & { readonly name: Name },
) {
  const { columns } = definition;
  return {
    ...definition,
    /** Of two real columns and the synthetic ones: see PairMeasure. */
    evaluate(real: ColumnPair<C>, synthetic: ColumnPair<C>): Measured {
      const kind = columns === "any" ? undefined : columns;
      requirePair("real", real, [kind, kind]);
      requirePair("synthetic", synthetic, [real[0].kind, real[1].kind]);
      return definition.evaluate(real, synthetic);
    },
  };
}

function requirePair(argument: string, pair: ColumnPair, kinds: readonly [Kind, Kind]): void {
  requireArray(argument, pair);
  requireLength(argument, pair, 2);
  pair.forEach((column, index) => {
    requireColumn(`${argument}[${index}]`, column, kinds[index]);
  });
  requireLength(`${argument}[1].missing`, pair[1].missing, pair[0].missing.length);
}
