import { runFederation } from "./federation.js";

runFederation("simd", 2).then((result) => {
  document.querySelector("#result").textContent = JSON.stringify(result);
});
