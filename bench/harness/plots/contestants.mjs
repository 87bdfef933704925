/** How contestants look: fedscore stands out, libraries in JavaScript have a colour each, native ones stay behind. */

export const colors = ["#c7681c", "#2e8b57", "#9a4fb0", "#b3261e", "#0f8f9b", "#8a6d1a"];
export const symbols = ["square2", "triangle2", "diamond2", "star", "cross", "times", "wye"];
export const own = "#1f6fb2";
export const behind = "#a3adb6";

/** "ours", "limit" of the processor, "native" code or "library" in JavaScript and WebAssembly. */
export function kindOf(who) {
  if (who.startsWith("fedscore")) return "ours";
  if (who.includes("peak")) return "limit";
  return /pytorch|numpy float|native/i.test(who) ? "native" : "library";
}

/** The newest Node among the entries of a series. */
export function newestNode(series) {
  const major = ({ node }) => Number(/\d+/.exec(node)?.[0] ?? 0);
  return series.reduce((newest, entry) => (major(entry) > major(newest) ? entry : newest)).node;
}

/** `key` -> entries with that key, in the order of their first one. */
export function groupsOf(entries, key) {
  const groups = new Map();
  for (const entry of entries) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return groups;
}
