/** The Firefox in which the packed package is tried. */
import { ensureProgram, findProgram } from "./programs.mjs";

const firefox = { variable: "FEDSCORE_FIREFOX", names: ["firefox-esr", "firefox"], debian: "firefox-esr" };

/** Path of a Firefox: FEDSCORE_FIREFOX, or the first one on PATH; undefined where there is none. */
export const findFirefox = () => findProgram(firefox);

/** As findFirefox, after `apt-get install firefox-esr` where apt-get is there and this is root. */
export const ensureFirefox = () => ensureProgram(firefox);
