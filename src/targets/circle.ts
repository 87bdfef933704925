/** [cos, sin] of 2 pi turn from + - * / alone, so that every JavaScript engine gives the same bits; errors about 1e-16. */
export function pointOnCircle(turn: number): readonly [number, number] {
  const quadrant = Math.round(4 * turn);
  const r = (turn - quadrant / 4) * 2 * Math.PI;
  // Taylor series on |r| <= pi / 4: the first term left out is below 1e-19.
  let cosine = 1;
  let sine = r;
  let term = r;
  for (let n = 2; n < 20; n += 2) {
    const even = (-term * r) / n;
    cosine += even;
    term = (even * r) / (n + 1);
    sine += term;
  }
  switch (((quadrant % 4) + 4) % 4) {
    case 0:
      return [cosine, sine];
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    default:
      return [sine, -cosine];
  }
}
