import type { TableField } from "../schema/field.js";
import type { SeenCells } from "./cells.js";

/** The type of a column but for its name; and why, where that needs saying. */
export interface Guess {
  readonly field: DistributiveOmit<TableField, "name">;
  readonly reason?: string | undefined;
}

type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

/** What else is known of the file. */
export interface GuessContext {
  readonly delimiter: string;
}

/** A type that all cells of a column fit, or nothing. */
export type Guesser = (cells: SeenCells, context: GuessContext) => Guess | undefined;
