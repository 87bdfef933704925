/** A copy of a JSON value without what two runs of the same thing may differ in. */
export function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === "seconds" || key === "date" ? undefined : inner)));
}
