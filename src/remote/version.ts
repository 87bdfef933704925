/** The version of fedscore that speaks here: pages cannot read package.json, which a test holds this to. */
export const fedscoreVersion = "0.1.0";
