import { palette } from "./palette.js";

/** The page's whole style sheet: system fonts, light and dark, nothing to fetch. */
export const style = `
${palette}* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 1.9rem 0 0.75rem; padding-top: 0.9rem; border-top: 1px solid var(--line); font-size: 1.2rem; font-weight: 620; }
header p { margin: 0.35rem 0 0; color: var(--muted); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1.1rem 1.5rem; margin: 1.75rem 0 0; }
.facts dt { color: var(--muted); font-size: 0.82rem; }
.facts dd { margin: 0; font-size: 1.3rem; font-weight: 580; font-variant-numeric: tabular-nums; line-height: 1.3; }
.facts small { display: block; color: var(--muted); font-size: 0.8rem; font-weight: 400; }
section { display: flex; flex-wrap: wrap; column-gap: 3rem; align-items: flex-start; }
section > h2, section > details { flex: 0 0 100%; min-width: 0; }
figure { flex: 0 1 auto; min-width: 0; max-width: 100%; margin: 0 0 1.5rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.25rem 1.25rem; align-items: flex-start; }
.pictures > .label { flex-basis: 100%; }
.panel { min-width: 0; }
.label { margin: 0 0 0.35rem; font-size: 0.88rem; color: var(--ink); }
figcaption { margin-top: 0.6rem; max-width: 40rem; color: var(--muted); font-size: 0.92rem; }
svg { display: block; max-width: 100%; height: auto; }
svg text { white-space: pre; }
img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; background: #000; }
.table { flex: 0 1 auto; max-width: 100%; overflow-x: auto; margin: 0 0 1.5rem; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 0.4rem; text-align: left; color: var(--muted); font-size: 0.85rem; }
th, td { padding: 0.28rem 1.25rem 0.28rem 0; text-align: left; font-weight: 400; vertical-align: baseline; white-space: nowrap; }
thead th { border-bottom: 1px solid var(--line); color: var(--muted); font-size: 0.82rem; }
tbody tr + tr > * { border-top: 1px solid var(--band); }
.prose { flex-basis: 100%; }
.prose td:last-child, .prose th[scope="row"] { white-space: normal; max-width: 34rem; }
.note { flex: 0 0 100%; max-width: 44rem; margin: 0 0 0.75rem; color: var(--muted); font-size: 0.92rem; }
.unmet { color: var(--warning); font-weight: 600; }
td small, th small { display: block; color: var(--muted); font-size: 0.8rem; }
.key, .scale { margin-right: 1.2rem; }
data { white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.4em; border-radius: 2px; background: var(--key); }
.ramp {
  display: inline-block; width: 7rem; height: 0.65rem; margin: 0 0.2rem; border-radius: 2px; vertical-align: baseline;
  background: linear-gradient(to right, color-mix(in srgb, var(--federated) 4%, transparent), var(--federated));
}
details { margin-top: 1rem; }
summary { cursor: pointer; font-size: 0.92rem; }
pre { padding: 0.9rem 1rem; overflow-x: auto; border-radius: 6px; background: var(--band); font: 0.82rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid; } }
`;
