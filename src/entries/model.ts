/** "fedscore/model": model.safetensors, the trained model that a run writes. */
export { decodeModel, encodeModel, type Model } from "../experiment/model.js";
