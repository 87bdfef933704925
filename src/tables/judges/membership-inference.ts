import { namedMember } from "../../family.js";
import { areaUnderCurve, measuredArea } from "./auc.js";
import { notMeasured } from "./measured.js";
import type { PrivacyMeasure } from "./privacy-measure.js";

/**
 * Area under the ROC curve of an attacker who takes those real rows for training rows that have a synthetic row close by: 0.5 where training rows cannot
 * be told from held-out ones. The synthetic rows are held fixed in the interval.
 */
export const membershipInference = namedMember<PrivacyMeasure>()({
  name: "membershipInference",
  title: "Membership inference",
  source:
    "Chen et al., arXiv 1909.03935 (GAN-Leaks), full black-box attack; interval: DeLong et al., Biometrics 44 (1988)",
  range: [0, 1],
  ideal: 0.5,
  evaluate({ fromTrain, fromHeldOut }) {
    const scores = new Float64Array(fromTrain.length + fromHeldOut.length);
    scores.set(fromTrain.map((distance) => -distance));
    scores.set(
      fromHeldOut.map((distance) => -distance),
      fromTrain.length,
    );
    const isMember = Uint8Array.from(scores, (_, row) => (row < fromTrain.length ? 1 : 0));
    const area = areaUnderCurve(scores, isMember);
    if (!area) return notMeasured("there are fewer than two training rows or fewer than two held-out rows");
    return measuredArea("membershipInference", area, { trainRows: fromTrain.length, heldOutRows: fromHeldOut.length });
  },
});
