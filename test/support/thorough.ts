/** Set by `npm run test:thorough`; never in a page. */
export const isThorough = typeof process === "object" && process.env?.FEDSCORE_THOROUGH === "1";

/** How often something random is tried: so often that a change for the worse shows, or, thoroughly, so often that a small one does. */
export function tries(usual: number, thorough: number): number {
  return isThorough ? thorough : usual;
}
