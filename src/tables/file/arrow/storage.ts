import { FedscoreError } from "../../../errors.js";
import type { FlatTable } from "./flat-table.js";

/** In which buffers the values of a column are. */
export type Storage =
  | { readonly kind: "nothing" }
  | { readonly kind: "fixed"; readonly bits: number }
  | { readonly kind: "texts"; readonly offsetBytes: 4 | 8 }
  | { readonly kind: "views" }
  | { readonly kind: "lists"; readonly offsetBytes: 4 | 8; readonly element: Storage }
  | { readonly kind: "equal lists"; readonly length: number; readonly element: Storage }
  | { readonly kind: "structure"; readonly children: readonly Storage[] }
  | { readonly kind: "dictionary"; readonly bits: number; readonly id: number };

/** How the columns of a schema are stored, and the values of its dictionaries. */
export interface Layout {
  readonly columns: readonly Storage[];
  readonly dictionaries: ReadonlyMap<number, Storage>;
}

/** How deep structures may be in one another. */
const deepest = 64;

/** Largest distance of a decimal's digits from the point: none has more than 76 digits. */
const largestScale = 100;

/** Reads a schema. @throws Error for damage, FedscoreError FEDSCORE_UNSUPPORTED for what no table has. */
export function layoutOf(schema: FlatTable): Layout {
  if (schema.integer(4, 2, 0) !== 0) throw unsupported("big-endian numbers");
  const dictionaries = new Map<number, Storage>();
  const columns = schema.tables(6).map((field) => storageOf(field, dictionaries, 0));
  checkTexts(schema, 8);
  return { columns, dictionaries };
}

/** Checks pairs of texts, which nobody here needs. */
export function checkTexts(table: FlatTable, slot: number): void {
  for (const pair of table.tables(slot)) for (const text of [4, 6]) pair.vector(text, 1);
}

function storageOf(field: FlatTable, dictionaries: Map<number, Storage>, depth: number): Storage {
  if (depth > deepest) throw new Error(`structures that are more than ${deepest} deep`);
  field.vector(4, 1);
  checkTexts(field, 16);
  const encoding = field.table(12);
  const id = encoding?.count(4) ?? 0;
  const children = field.tables(14).map((child) => storageOf(child, dictionaries, depth + 1));
  const values = valuesOf(field, children);
  if (!encoding) return values;
  if (dictionaries.has(id)) throw unsupported("two columns of one dictionary");
  dictionaries.set(id, values);
  return { kind: "dictionary", bits: atLeast0(encoding.table(6)?.integer(4, 4, 0) ?? 32), id };
}

function valuesOf(field: FlatTable, children: readonly Storage[]): Storage {
  const name = field.integer(8, 1, 0);
  const parameter = (slot: number, width: 2 | 4, absent: number) => {
    const type = field.table(10);
    if (!type) throw new Error("a type without its parameters");
    return type.integer(slot, width, absent);
  };
  const element = () => {
    if (children.length !== 1) throw new Error(`a list of ${children.length} types`);
    return children[0];
  };
  const fixed = (bits: number): Storage => ({ kind: "fixed", bits: atLeast0(bits) });
  switch (name) {
    case 1:
      return { kind: "nothing" };
    case 2:
      return fixed(parameter(4, 4, 0));
    case 3:
      return fixed(16 << parameter(4, 2, 0));
    case 4:
    case 5:
      return { kind: "texts", offsetBytes: 4 };
    case 6:
      return fixed(1);
    case 7:
      if (Math.abs(parameter(6, 4, 0)) > largestScale) throw new Error(`a decimal of scale ${parameter(6, 4, 0)}`);
      return fixed(parameter(8, 4, 128));
    case 8:
      return fixed(parameter(4, 2, 1) === 0 ? 32 : 64);
    case 9:
      return fixed(parameter(4, 2, 1) < 2 ? 32 : 64);
    case 10:
      field.table(10)?.vector(6, 1);
      return fixed(64);
    case 11:
      return fixed(32 << parameter(4, 2, 0));
    case 12:
    case 17:
      return { kind: "lists", offsetBytes: 4, element: element() };
    case 13:
      return { kind: "structure", children };
    case 15:
      return fixed(8 * parameter(4, 4, 0));
    case 16:
      return { kind: "equal lists", length: atLeast0(parameter(4, 4, 0)), element: element() };
    case 18:
      return fixed(64);
    case 19:
    case 20:
      return { kind: "texts", offsetBytes: 8 };
    case 21:
      return { kind: "lists", offsetBytes: 8, element: element() };
    case 23:
    case 24:
      return { kind: "views" };
    case 14:
    case 22:
    case 25:
    case 26:
      throw unsupported("unions, runs or views of lists");
    default:
      throw new Error(`type ${name}`);
  }
}

function atLeast0(size: number): number {
  if (size < 0) throw new Error(`a size of ${size}`);
  return size;
}

function unsupported(what: string): FedscoreError {
  return new FedscoreError("FEDSCORE_UNSUPPORTED", `Arrow files with ${what} are not read: write it without them`, {
    what,
  });
}
