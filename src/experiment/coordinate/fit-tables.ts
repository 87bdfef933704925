import { compose } from "../../data/transforms/index.js";
import type { ClientsLink } from "../../remote/clients/link.js";
import { type Hello, rowsHeld } from "../../remote/clients/messages.js";
import { gatherSummaries } from "../../remote/clients/statistics.js";
import type { Waiting } from "../../remote/clients/wait-for-clients.js";
import { defaultDialect } from "../../tables/csv/table-dialect.js";
import type { TableEncoding } from "../../tables/encoding/column-encoding.js";
import { encodedWidth } from "../../tables/encoding/fit.js";
import type { TableSchema } from "../../tables/schema/field.js";
import type { DataMoments } from "../../theory/worst-case-discretization.js";
import type { TableConfig } from "../config/data.js";
import { fitEncoding } from "../prepare/fit-encoding.js";
import type { RunClients } from "./clients-file.js";
import { givenStatistics } from "./given-statistics.js";

/**
 * Who the clients are, and the encoding that is fitted to what they say of their columns.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where no client gives a summary; FEDSCORE_INVALID_CONFIG where they say too little.
 */
export async function fitTables(
  data: TableConfig,
  schema: TableSchema,
  link: ClientsLink,
  hellos: readonly Hello[],
  waiting: Waiting,
): Promise<RunClients> {
  const { smallestCount, quantiles, delimiter, onInvalid } = data;
  const reading = { ...(delimiter !== undefined && { delimiter }), onInvalid };
  const names = hellos.map(({ name }) => name);
  const given = await gatherSummaries(link, names, { schema, reading, smallestCount, quantiles }, waiting.signal);
  const missing = {
    of: (name: string) => `the summary of client ${name} is not in the encoding`,
    all: "the encoding of config.data is fitted to the clients' summaries, and no client gives one",
  };
  const summaries = givenStatistics(given, missing, waiting);
  const encoding = fitEncoding(data, schema, summaries);
  const { dimension } = encoding;
  return {
    ...link.identity,
    clients: hellos.map((hello) => ({ name: hello.name, ...rowsHeld(hello, "table") })),
    ...{ dimension, transform: compose(dimension, []).toJSON(), moments: encodedMoments(encoding) },
    table: {
      told: { schema, reading, encoding },
      dialect: { ...defaultDialect, ...(delimiter !== undefined && { delimiter }) },
    },
  };
}

/** Of encoded rows, as far as summaries tell: each column that is not constant has mean 0 and variance 1. */
function encodedMoments({ columns, dimension }: TableEncoding): DataMoments {
  const variance = columns.filter((column) => encodedWidth(column) > 0).length;
  return { dimension, variance, secondMoment: variance };
}
