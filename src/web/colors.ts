/** A colour of the page's palette, as it is now: light or dark. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
