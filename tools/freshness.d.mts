export function requireStage(name: "wasm" | "javascript" | "web"): void;
