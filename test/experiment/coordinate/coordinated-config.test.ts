import { expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { requireCoordinated } from "../../../src/experiment/coordinate/coordinated-config.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { loadData } from "../../../src/experiment/prepare/load-data.js";
import { simdEngine } from "../../support/engines.js";

const schema = { fields: [{ name: "amount", type: "number" }] };
const configOf = (data: object, more: object = {}) =>
  parseConfig({
    ...{ name: "tables", data: { kind: "table", ...data }, network: { hidden: [4] }, federation: { clients: 2 } },
    ...{ sampling: { grid: { kind: "uniform-log-snr", steps: 4 } }, certificate: false },
    ...more,
  });

it("takes a table with a schema and nothing that needs rows", () => {
  expect(() => requireCoordinated(configOf({ schema }), false)).not.toThrow();
  expect(() => requireCoordinated(configOf({ schema: "schema.json", smallestCount: 9 }), false)).not.toThrow();
});

it("says where a schema comes from", () => {
  expect(() => requireCoordinated(configOf({}), false)).toThrow(
    "config.data.schema must say the columns of a table whose rows clients hold: run fedscore init table FILE where a client has its rows",
  );
});

it.each([
  [{ path: "rows.csv" }, "config.data.path must be left out where clients hold their own rows: each client joins with"],
  [{ clientColumn: "site" }, "config.data.clientColumn must be left out"],
  [{ predict: "amount" }, "config.data.predict must be left out where clients hold their own rows: the rows are"],
  [
    { predictFrom: ["amount"] },
    "config.data.predictFrom must be left out where clients hold their own rows: the rows are",
  ],
  [{ train: 100 }, "config.data.train must be left out"],
  [{ heldOut: 100 }, "config.data.heldOut must be left out where clients hold their own rows: each client says by"],
])("refuses %j, which needs rows in one place", (data, message) => {
  expect(() => requireCoordinated(configOf({ schema, ...data }), false)).toThrow(message);
});

it("refuses transforms, whose sums would tell of rare cells, and aggregators", () => {
  const transforms = [{ kind: "standardize" }];
  expect(() => requireCoordinated(configOf({ schema }, { transforms }), false)).toThrow(
    "config.transforms must be empty with tables that clients hold",
  );
  expect(() => requireCoordinated(configOf({ schema }), true)).toThrow(
    'config.data.kind must be "clients" with aggregators, got "table"',
  );
});

it("is no config of a run in one place", async () => {
  await expect(loadData(await simdEngine(), configOf({ schema }), folderInput("."))).rejects.toMatchObject({
    code: "FEDSCORE_INVALID_CONFIG",
    message: expect.stringContaining("fedscore coordinate runs such a config"),
  });
});
