import { measure } from "./measure.js";

const scripts = performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType === "script");
measure(Math.min(...scripts.map(({ startTime }) => startTime)))
  .catch(({ message }) => ({ problem: message }))
  .then((result) => {
    document.querySelector("#result").textContent = JSON.stringify(result);
  });
