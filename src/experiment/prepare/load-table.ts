import type { Dataset } from "../../data/dataset.js";
import { describeValue, FedscoreError } from "../../errors.js";
import { type Engine, Purpose } from "../../kernels/index.js";
import type { Table } from "../../tables/column.js";
import { encodeTable } from "../../tables/encoding/encode.js";
import { openTableFile } from "../../tables/file/open-file.js";
import { type InferredTable, ownersIn, readInferred, readRows } from "../../tables/file/read-file.js";
import type { TableFile } from "../../tables/file/table-file.js";
import type { ReadTable } from "../../tables/read/table-reader.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { summarizeTable } from "../../tables/summary/summarize.js";
import { shuffledRows, takeRows } from "../../tables/table-rows.js";
import type { TableConfig } from "../config/data.js";
import { rowCounts } from "../config/row-counts.js";
import type { RunInput } from "../input.js";
import { namedInData } from "./data-file.js";
import { type DealConfig, deal } from "./deal.js";
import { fitEncoding } from "./fit-encoding.js";
import { mostlyOther, mostlyOtherNotes } from "./mostly-other.js";
import { predictionOf } from "./prediction.js";
import { rowsOfClients } from "./rows-of-clients.js";
import type { RunData } from "./run-data.js";
import type { RunTable, TableClients } from "./run-table.js";
import { givenSchema } from "./table-schema.js";

/** What of a config says which table a run has, and how its rows are vectors. */
export interface TableRunConfig extends DealConfig {
  readonly data: TableConfig;
}

/** Who ends the reading of a table, and watches it. */
export interface Reading {
  readonly signal?: AbortSignal | undefined;
  /** Is told the share of the file that is read; it is read more than once. */
  readonly onRead?: ((share: number) => void) | undefined;
}

/**
 * Reads the table of a config, deals its training rows to the clients and makes vectors of all rows. The encoding is fitted to the sum of what each client says of its
 * own rows, as it would be if nobody else had them.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, FEDSCORE_INVALID_CONFIG.
 */
export async function loadTable(
  engine: Engine,
  config: TableRunConfig,
  input: RunInput,
  { signal, onRead }: Reading = {},
): Promise<RunData> {
  const { data } = config;
  if (data.path === undefined) throw rowsOfClients();
  const { path } = data;
  const slices = input.open(path, "config.data.path: ");
  try {
    const { delimiter, clientColumn } = data;
    const file = await openTableFile(slices, path, { delimiter, signal, onProgress: ({ share }) => onRead?.(share) });
    const { schema, reading, table, dialect, invalid } = await readBySchema(data, path, file, input);
    const prediction = predictionOf(data, schema);
    const owners = clientColumn === undefined ? undefined : await ownersIn(file, path, clientColumn);
    if (owners) requireClients(config, owners.names.length);
    const rows = splitRows(engine, table.rows, config, owners?.codes);
    const train = takeRows(table, rows.train);
    const clients = owners && {
      names: owners.names,
      train: Int32Array.from(rows.train, (row) => owners.codes[row]),
      heldOut: Int32Array.from(rows.heldOut, (row) => owners.codes[row]),
    };
    const encoding = fittedEncoding(engine, config, schema, train, clients);
    const heldOut = takeRows(table, rows.heldOut);
    const encoded = { train: encodeTable(encoding, train), heldOut: encodeTable(encoding, heldOut) };
    const { dimension } = encoding;
    const vague = mostlyOtherNotes(mostlyOther(encoding, train, data.smallestCount));
    const notes = [...(reading === undefined ? [] : [reading]), ...vague];
    const dataset = (points: Float32Array): Dataset => ({
      points,
      dimension,
      ...(notes.length > 0 && { reading: notes.join("; ") }),
    });
    return {
      train: dataset(encoded.train.vectors),
      heldOut: dataset(encoded.heldOut.vectors),
      table: {
        ...{ schema, dialect, encoding, train, heldOut, invalid },
        smallestCount: data.smallestCount,
        ...(clients && { clients }),
        ...(prediction && { prediction }),
        unknown: summed(encoded.train.unknown, encoded.heldOut.unknown),
      },
    };
  } catch (error) {
    throw namedInData(error);
  }
}

/** The table without the first of its held-out rows. */
export function withoutHeldOut(table: RunTable, rows: number): RunTable {
  const { heldOut, clients } = table;
  const left = Uint32Array.from({ length: heldOut.rows - rows }, (_, row) => rows + row);
  return {
    ...table,
    heldOut: takeRows(heldOut, left),
    ...(clients && { clients: { ...clients, heldOut: clients.heldOut.subarray(rows) } }),
  };
}

interface FoundTable extends ReadTable {
  readonly schema: TableSchema;
  /** Where it was inferred: what became of the columns that are no plain matter, for people. */
  readonly reading?: string;
}

/** By the schema of the config, or by what the cells say. */
async function readBySchema(
  { schema: given, onInvalid }: TableConfig,
  path: string,
  file: TableFile,
  input: RunInput,
): Promise<FoundTable> {
  if (given === undefined) {
    const found = await readInferred(file, path, {}, { onInvalid });
    return { ...found.read, schema: found.schema, ...readingOf(found) };
  }
  const schema = givenSchema(given, input);
  return { ...(await readRows(file, path, schema, { onInvalid })), schema };
}

function readingOf({ columns }: InferredTable): Pick<FoundTable, "reading"> {
  const said = columns.flatMap(({ name, leftOut, warnings }) => {
    const what = [...(leftOut ? ["left out"] : []), ...warnings].join(", ");
    return what === "" ? [] : [`${describeValue(name)} ${what}`];
  });
  return said.length > 0 ? { reading: `columns as their cells say; ${said.join("; ")}` } : {};
}

function requireClients({ data, federation }: TableRunConfig, clients: number): void {
  if (federation.clients === clients) return;
  const of = `config.data.clientColumn ${describeValue(data.clientColumn)}`;
  throw invalid(`config.federation.clients must be ${clients}, as many as ${of} names, got ${federation.clients}`);
}

interface RowSplit {
  readonly train: Uint32Array;
  readonly heldOut: Uint32Array;
}

/** Training and held-out rows, both in random order. Where rows have owners, each keeps a row to train on. */
function splitRows(
  engine: Engine,
  rows: number,
  { data, seed }: TableRunConfig,
  owners: Int32Array | undefined,
): RowSplit {
  const { train, heldOut } = rowCounts("config.data", rows, data);
  const order = shuffledRows(engine, rows, seed, Purpose.split);
  const kept = firstOfEach(order, owners);
  const free = order.filter((row) => !kept.has(row));
  if (heldOut > free.length || train < kept.size) {
    const counts = `${train} training and ${heldOut} held-out rows`;
    throw invalid(
      `config.data must leave each of the ${kept.size} clients a row to train on, got ${counts} of ${rows}`,
    );
  }
  const chosen = new Set([...kept, ...free.subarray(heldOut, heldOut + train - kept.size)]);
  return { train: order.filter((row) => chosen.has(row)), heldOut: free.subarray(0, heldOut) };
}

/** Of each owner the row that comes first. */
function firstOfEach(order: Uint32Array, owners: Int32Array | undefined): Set<number> {
  const first = new Map<number, number>();
  if (owners) for (const row of order) if (!first.has(owners[row])) first.set(owners[row], row);
  return new Set(first.values());
}

function fittedEncoding(
  engine: Engine,
  config: TableRunConfig,
  schema: TableSchema,
  train: Table,
  clients: TableClients | undefined,
): RunTable["encoding"] {
  const { smallestCount, quantiles } = config.data;
  const dealt = deal(engine, config, { count: train.rows, owners: clients?.train });
  const summaries = dealt.map((rows) => summarizeTable(takeRows(train, rows), schema, { smallestCount, quantiles }));
  return fitEncoding(config.data, schema, summaries);
}

function summed(...counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum = new Map<string, number>();
  for (const each of counts)
    for (const [name, count] of Object.entries(each)) sum.set(name, (sum.get(name) ?? 0) + count);
  return Object.fromEntries(sum);
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
