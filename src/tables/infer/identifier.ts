import type { TableField } from "../schema/field.js";
import type { SeenCells } from "./cells.js";

/** Cells from which on it is no accident that they all differ. */
const enough = 20;
/** Share of distinct texts from which they are no categories. */
const mostlyDistinct = 0.9;
/** Cells from which on rare texts are no accident, rows that a text has at least to be no rare one, and share of rare cells from which a column is left out. */
const [enoughForRare, fewest, mostlyRare] = [100, 5, 0.9];

const identifierName =
  /(?:^|[\s_.-])(?:id|ids|key|uuid|guid|index|no|nr|number)$|^(?:id|key|uuid|guid|index|rowid|rownum)$|[a-z]I[dD]$/i;

/** Why a column tells rows apart rather than describing them, or nothing where it does not. */
export function identifierReason(
  name: string,
  { type }: Pick<TableField, "type">,
  cells: SeenCells,
): string | undefined {
  const { counts, total } = cells;
  if (total < enough) return undefined;
  const distinct = counts.size;
  if (type === "string" && distinct >= mostlyDistinct * total)
    return `${distinct} of ${total} cells differ: it names rows, or is free text`;
  const rare = type === "string" && total >= enoughForRare ? rareShare(cells) : 0;
  if (rare >= mostlyRare)
    return `${(100 * rare).toFixed(0)} % of its cells say what fewer than ${fewest} rows say: they would all be "other"`;
  if (type !== "integer" || distinct < total) return undefined;
  if (name === "" || identifierName.test(name))
    return `all ${total} integers differ, and its name is that of an identifier`;
  return isSequence([...counts.keys()]) ? `its integers count the rows` : undefined;
}

function rareShare({ counts, total }: SeenCells): number {
  let rare = 0;
  for (const count of counts.values()) if (count < fewest) rare += count;
  return rare / total;
}

/** Whether the integers follow one another without a gap, in file order. */
function isSequence(texts: readonly string[]): boolean {
  const first = Number(texts[0]);
  return texts.every((text, index) => Number(text) === first + index);
}
