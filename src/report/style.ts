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
header p { margin: 0.35rem 0 0; color: var(--muted); max-width: 52rem; }
header .verdict { margin-top: 0.9rem; color: var(--ink); font-size: 1.2rem; line-height: 1.4; font-weight: 500; }
header .where { margin-top: 1rem; font-size: 0.85rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 1.1rem 1.5rem; margin: 1.25rem 0 0; }
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
.label small { display: block; color: var(--muted); font-size: 0.8rem; }
figcaption { margin-top: 0.6rem; max-width: 40rem; color: var(--muted); font-size: 0.92rem; }
svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
svg text { white-space: pre; }
img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; background: #000; }
.table { flex: 0 1 auto; max-width: 100%; overflow-x: auto; margin: 0 0 1.5rem; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 0.4rem; text-align: left; color: var(--muted); font-size: 0.85rem; }
th, td { padding: 0.28rem 1.25rem 0.28rem 0; text-align: left; font-weight: 400; vertical-align: baseline; white-space: nowrap; }
thead th { border-bottom: 1px solid var(--line); color: var(--muted); font-size: 0.82rem; }
tbody tr + tr > * { border-top: 1px solid var(--band); }
.prose { flex-basis: 100%; }
.prose td:last-child, .prose th[scope="row"] { white-space: normal; max-width: 34rem; overflow-wrap: break-word; }
.note { flex: 0 0 100%; max-width: 44rem; margin: 0 0 0.75rem; color: var(--muted); font-size: 0.92rem; }
.unmet { color: var(--warning); font-weight: 600; }
td small, th small { display: block; color: var(--muted); font-size: 0.8rem; }
th code { white-space: nowrap; }
.long { display: block; max-width: 20rem; white-space: normal; overflow-wrap: anywhere; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
td code { overflow-wrap: anywhere; }
a { color: var(--federated); }
.key, .scale { display: inline-block; margin-right: 1.2rem; }
data { white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.4em; border-radius: 2px; background: var(--key); }
.ramp {
  display: inline-block; width: 7rem; height: 0.65rem; margin: 0 0.2rem; border-radius: 2px; vertical-align: baseline;
  background: linear-gradient(to right, color-mix(in srgb, var(--federated) 4%, transparent), var(--federated));
}
details { margin-top: 1rem; }
summary { cursor: pointer; font-size: 0.92rem; }
pre { padding: 0.9rem 1rem; overflow-x: auto; border-radius: 6px; background: var(--band); font: 0.82rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media screen and (max-width: 48rem) {
  body { padding: 1.25rem 1rem 3rem; font-size: 15px; }
  .wide { display: none; }
  .narrow { display: block; overflow-x: auto; }
  .narrow svg { max-width: none; }
  section > *, figure { flex-basis: 100%; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .prose table, .prose thead, .prose tbody, .prose tr, .prose th, .prose td, .prose caption { display: block; white-space: normal; }
  .prose thead { display: none; }
  .prose th, .prose td { padding: 0.1rem 0; border: 0; }
  .prose tbody tr { padding: 0.5rem 0; border-top: 1px solid var(--line); }
  .prose th[scope="row"] { font-weight: 600; }
  .prose td[data-column]::before { content: attr(data-column) ": "; color: var(--muted); }
  .prose td:empty { display: none; }
  .prose td .long { display: inline; }
  .prose td small { display: inline; margin-left: 0.5em; }
}
@page { size: A4; margin: 14mm 13mm; }
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.4; }
  h1 { font-size: 18pt; }
  h2 { margin-top: 1.1rem; font-size: 13pt; break-after: avoid; }
  header .verdict { font-size: 12.5pt; }
  .facts { gap: 0.6rem 1.2rem; grid-template-columns: repeat(4, 1fr); }
  .facts dd { font-size: 12.5pt; }
  section, .pictures { display: block; }
  .pictures > * { margin-bottom: 0.6rem; }
  .panel { display: inline-block; vertical-align: top; margin-right: 0.6rem; width: calc(50% - 0.8rem); }
  .panel .wide { display: none; }
  .panel .narrow { display: block; }
  .panel:has(> svg, > img) { width: calc(33.3% - 0.8rem); }
  .panel > svg { font-size: 16px !important; }
  .label { font-size: 8.5pt; white-space: nowrap; }
  caption, td small, th small { font-size: 7.5pt; }
  figure, .panel, tr, .note, caption { break-inside: avoid; }
  figure { margin-bottom: 0.8rem; }
  figcaption, .note { max-width: none; font-size: 9pt; break-before: avoid; }
  .table { overflow: visible; margin-bottom: 0.8rem; }
  table { font-size: 8.5pt; }
  th, td { padding: 0.18rem 0.9rem 0.18rem 0; white-space: normal; }
  data { white-space: nowrap; }
  thead { display: table-header-group; break-after: avoid; }
  details > summary { display: none; }
  details::details-content { display: block; content-visibility: visible; height: auto; }
  pre { padding: 0; background: none; font-size: 7pt; line-height: 1.35; white-space: pre-wrap; }
  details pre { columns: 3; }
}
`;
