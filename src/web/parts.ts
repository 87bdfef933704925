export { Comparison } from "./compare/comparison.js";
export { RunPanel } from "./run-panel.js";
