/** The Chromium of the browser tests. */
import { ensureProgram, findProgram } from "./programs.mjs";

const chromium = {
  variable: "FEDSCORE_CHROMIUM",
  names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  debian: "chromium",
};

/** Path of a Chromium: FEDSCORE_CHROMIUM, or the first one on PATH; undefined where there is none. */
export const findChromium = () => findProgram(chromium);

/** As findChromium, after `apt-get install chromium` where apt-get is there and this is root. */
export const ensureChromium = () => ensureProgram(chromium);
