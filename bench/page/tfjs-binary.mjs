/** Tells TensorFlow.js where Vite has put its binary. Unlike setWasmPaths, setWasmPath leaves no choice of one with threads. */
import { setWasmPath } from "@tensorflow/tfjs-backend-wasm";

setWasmPath(
  new URL("../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", import.meta.url).href,
);
