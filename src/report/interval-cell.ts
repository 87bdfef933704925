import { isNotComputed, type Part } from "../experiment/result/not-computed.js";
import { type Child, h, numeral } from "./elements.js";
import { formatNumber } from "./format.js";
import type { Interval } from "./parts.js";

/** An estimate with the ends of its interval in a table; a dash where there is none. */
export function intervalCell(interval: Part<Interval> | undefined): Child {
  if (!interval) return "–";
  if (isNotComputed(interval)) return h("em", {}, "not computed");
  return h("span", {}, numeral(interval.value), rangeOf(interval));
}

/** The ends of an interval, small. */
export function rangeOf({ low, high }: Pick<Interval, "low" | "high">): Child {
  return h("small", {}, "[", numeral(low, formatNumber(low, 3)), ", ", numeral(high, formatNumber(high, 3)), "]");
}
