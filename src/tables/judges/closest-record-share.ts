import { namedMember } from "../../family.js";
import { binomialInterval } from "./intervals.js";
import { measured } from "./measured.js";
import type { PrivacyMeasure } from "./privacy-measure.js";

/**
 * Share of the synthetic rows whose closest record is a training row and not one of as many held-out rows; ties count half. Above 0.5 the generator
 * leans to what it was trained on. The real rows are held fixed in the interval.
 */
export const closestRecordShare = namedMember<PrivacyMeasure>()({
  name: "closestRecordShare",
  title: "Closest record is a training row",
  source:
    "Platzer and Reutterer, Front. Big Data 4 (2021), distance to closest record; interval: Wilson, J. Am. Stat. Assoc. 22 (1927)",
  range: [0, 1],
  ideal: 0.5,
  evaluate({ toTrain, toHeldOut, compared }) {
    const rows = toTrain.first.length;
    let [closer, ties] = [0, 0];
    toTrain.first.forEach((distance, row) => {
      if (distance < toHeldOut.first[row]) closer++;
      else if (distance === toHeldOut.first[row]) ties++;
    });
    const hits = closer + ties / 2;
    return measured("closestRecordShare", hits / rows, binomialInterval(hits, rows), { rows, compared, closer, ties });
  },
});
