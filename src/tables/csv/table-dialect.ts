/** Encodings that tables are read from and written to. */
export type TableEncodingName = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** How a file is written, its cells apart. */
export interface TableDialect {
  readonly encoding: TableEncodingName;
  readonly byteOrderMark: boolean;
  readonly delimiter: string;
  readonly lineEnd: "\n" | "\r\n" | "\r";
  /** Whether all cells stand in quotes, not only those that must. */
  readonly quoteAll: boolean;
  /** Whether the last row has a line end too. */
  readonly endsLastLine: boolean;
  /** Whether a first line "sep=;" names the delimiter. */
  readonly separatorLine: boolean;
}

export const defaultDialect: TableDialect = {
  encoding: "utf-8",
  byteOrderMark: false,
  delimiter: ",",
  lineEnd: "\n",
  quoteAll: false,
  endsLastLine: true,
  separatorLine: false,
};
