import { openArrow } from "../../src/tables/file/arrow/open.js";
import { hostileTables } from "../support/hostile-table.js";
import { fuzzProperty } from "./property.js";

/** A stream may end behind any of its messages. */
const files = {
  "typed-tables/table.arrow": [4],
  "typed-tables/table.arrows": [0, 4],
  "typed-tables/lz4.arrow": [4],
  "columnar/types.arrow": [4],
  "columnar/types-zstd.arrow": [4],
  "columnar/types-lz4.arrows": [0, 3, 4],
  "columnar/views.arrow": [4],
  "columnar/twice.arrow": [2],
  "columnar/blocks-lz4.arrow": [10_000],
};

export const arrow = fuzzProperty({
  name: "arrow",
  text: "an Arrow file of any bytes is refused by name or read in time, a damaged one with all of its rows",
  cases: 600,
  open: () =>
    hostileTables({
      files,
      beginning: [0xff, 0xff, 0xff, 0xff],
      source: "a.arrow",
      open: (bytes, source) => openArrow(bytes, source, {}),
    }),
});
