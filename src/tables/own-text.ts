/** The text in memory of its own, to be kept: engines keep all of the text that a part was cut from. */
export function ownText(text: string): string {
  return Array.from(text).join("");
}
