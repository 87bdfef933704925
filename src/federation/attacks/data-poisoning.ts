import { member } from "../../family.js";
import { number } from "../../fields.js";
import { rowWidth } from "../../network/spec.js";
import { attackFields, type DataAttack } from "./attack.js";

/**
 * Attackers train as they are told, on wrong rows. Where rows have classes, class c of L becomes L - 1 - c (label flipping): the network learns to draw one
 * class where another is asked for. Where they have none, all rows are moved to one side, so that it learns mass where the data have none; a mirrored copy would change
 * nothing in data that are symmetric about 0.
 */
export const dataPoisoning = member({
  kind: "data-poisoning",
  source:
    "Fang et al., Local Model Poisoning Attacks, USENIX Security 2020, arXiv 1911.11815 (label flipping: l becomes L - l - 1)",
  text: "Attackers train on rows whose classes are swapped or, without classes, that are moved away; arXiv 1911.11815.",
  fields: {
    ...attackFields,
    shift: number(
      "[-100, 100]",
      3,
      "Added to each coordinate of rows without classes, in standard deviations of the data (network.sigmaData).",
    ),
  },
  create: ({ shift }): DataAttack => ({
    on: "data",
    poison(network, rows) {
      const { dimension, classes, sigmaData } = network;
      const width = rowWidth(network);
      return rows.map((value, at) => {
        if (classes === undefined) return value + shift * sigmaData;
        return at % width === dimension ? classes - 1 - value : value;
      });
    },
  }),
});
