/**
 * Shortens an update to a Euclidean norm of at most C, in place: as float32 has it, not only before it is rounded.
 * @returns whether it was no longer than that before.
 */
export function clipUpdate(update: Float32Array, clipNorm: number): boolean {
  let length = norm(update);
  const isWithin = length <= clipNorm;
  while (length > clipNorm) {
    const before = length;
    const factor = (clipNorm / length) * (1 - 2 ** -22);
    for (let i = 0; i < update.length; i++) update[i] *= factor;
    length = norm(update);
    // Below the least numbers of float32 nothing gets shorter but to 0.
    if (length >= before) length = norm(update.fill(0));
  }
  return isWithin;
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
