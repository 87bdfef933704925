export function requireStage(name: "wasm" | "javascript"): void;
