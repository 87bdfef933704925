import type { Row } from "./row.mjs";

export function regressions(
  fresh: { readonly name: string; readonly rows: readonly Row[] },
  committed: { readonly rows: readonly Row[] },
): string[];
