/** TensorFlow.js' gradients. No bundle has them, and Node loads the ES modules that have them only with these hooks. */
import module from "node:module";
import * as hooks from "./tfjs-resolve.mjs";

if (module.registerHooks) module.registerHooks(hooks);
else module.register("./tfjs-resolve.mjs", import.meta.url);
await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
