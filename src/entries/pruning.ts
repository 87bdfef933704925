/**
 * "fedscore/pruning": which part of a network each client keeps, the submodels that follow, and what the rounds have covered.
 * @module fedscore/pruning
 */
export { expandMask, maskedCopy } from "../pruning/expand.js";
export { extract, type Submodel, scatter } from "../pruning/extract.js";
export {
  createMaskFamily,
  type MaskFamilyName,
  type MaskFamilySpec,
  maskFamilies,
} from "../pruning/families/index.js";
export { userMasks } from "../pruning/families/user.js";
export { CoverageLedger, type CoverageLedgerState } from "../pruning/ledger.js";
export type { Mask, MaskClient, MaskContext, MaskFamily, StructuredMask } from "../pruning/mask.js";
export type { LayerCoverage, RoundCoverage } from "../pruning/round-coverage.js";
export { keptFlops, keptParameters } from "../pruning/submodel.js";
export { validateMask } from "../pruning/validate.js";
