/** The other libraries on the page: the contestants of Node, each on one thread. */

const modules = {
  "jax-js": () => import("../contestants/jax-js.mjs"),
  "numpy-ts": () => import("../contestants/numpy-ts.mjs"),
  "onnxruntime-web": () => import("../contestants/onnxruntime-web.mjs"),
  "tfjs-wasm": () => import("./tfjs-binary.mjs").then(() => import("../contestants/tfjs-wasm.mjs")),
  "tfjs-wasm-tuned": () => import("./tfjs-binary.mjs").then(() => import("../contestants/tfjs-wasm-tuned.mjs")),
};

export const isPeer = (name) => name in modules;

/** The module of a contestant, which has this Web Worker to itself. */
export function openPeer(name) {
  // Where there is no Worker, as in Node, libraries start no threads of their own.
  globalThis.Worker = undefined;
  return modules[name]();
}
