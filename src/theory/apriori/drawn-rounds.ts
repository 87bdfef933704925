import { type Engine, Purpose, uniforms } from "../../kernels/index.js";

/** The probe purpose's stream of drawn rounds. */
const drawnRound = 3;

/**
 * Whether a round is probed: round 0 is, and of each block of `blockRounds` rounds one that is drawn at random from the seed, in block 0 of those
 * behind round 0. Depends on neither the number of rounds nor on what was asked before.
 */
export function isDrawn(
  engine: Engine,
  { seed, blockRounds }: { readonly seed: number; readonly blockRounds: number },
  round: number,
): boolean {
  if (round === 0) return true;
  const block = Math.floor(round / blockRounds);
  const first = Math.max(1, block * blockRounds);
  const [share] = uniforms(engine, 1, { seed, round: block, purpose: Purpose.probe, step: drawnRound });
  // Of 24 bits: below 1, and the last round of a block is as likely as the others but for 2^-24 times their number.
  return round === first + Math.floor(share * ((block + 1) * blockRounds - first));
}
