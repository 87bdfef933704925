import { Purpose, RandomStream } from "../../kernels/index.js";
import { type MaskContext, maskFamily } from "../mask.js";
import { keepCount, keepsAll, type NeuronGroup, neuronGroups, requireKeepRatios, selectMask } from "./select.js";

/**
 * Deals neurons to the round's clients like cards, cyclically from one shuffled deck per layer: within a round the numbers of
 * clients that keep two neurons of a layer differ by at most 1. The next round goes on where this one stopped, and a new deck
 * is shuffled when all have been dealt equally often; so with the same keep ratios every round the counts since the
 * first round differ by at most 1 too. Position and deck follow from (seed, round) and the round's keep ratios alone.
 * Clients that keep everything take no cards.
 */
export const coverage = maskFamily({
  name: "coverage",
  source: "Sampling without replacement for the coverage index Gamma* of Zhou et al., arXiv 2310.08670",
  assign(context) {
    const { spec, clients } = context;
    requireKeepRatios(clients);
    const deals = neuronGroups(spec).map((group) => openDeal(context, group));
    return clients.map(({ keepRatio }) => selectMask(spec, keepRatio, ({ index }, count) => deals[index](count)));
  },
});

/** The dealer of one group of neurons in one round: a function that deals the next `count` of them. */
function openDeal({ engine, seed, round, spec, clients }: MaskContext, { index, width }: NeuronGroup) {
  const cards = clients
    .filter(({ keepRatio }) => !keepsAll(spec, keepRatio))
    .reduce((sum, { keepRatio }) => sum + keepCount(keepRatio, width), 0);
  const roundsPerDeck = width / greatestCommonDivisor(width, cards);
  const deck = Uint32Array.from({ length: width }, (_, neuron) => neuron);
  const key = { seed, purpose: Purpose.mask, round: Math.floor(round / roundsPerDeck), step: 1 + index };
  new RandomStream(engine, key).shuffle(deck);
  let next = ((round % roundsPerDeck) * cards) % width;
  return (count: number): Uint32Array => {
    const hand = Uint32Array.from({ length: count }, (_, card) => deck[(next + card) % width]).sort();
    next = (next + count) % width;
    return hand;
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
