import { runFederation } from "./federation.js";

const result = await runFederation("simd", 2);
document.querySelector("#result").textContent = JSON.stringify(result);
