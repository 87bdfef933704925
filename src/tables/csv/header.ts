/** The names of a file's columns, made unique: "a" and "a (2)", "column 3" for one without a name. */
export function uniqueNames(header: readonly string[]): string[] {
  const taken = new Set(header);
  const seen = new Set<string>();
  return header.map((title, index) => {
    const wanted = title === "" ? `column ${index + 1}` : title;
    const isFree = title === "" ? !taken.has(wanted) : true;
    const name = isFree && !seen.has(wanted) ? wanted : numbered(wanted, (each) => taken.has(each) || seen.has(each));
    seen.add(name);
    return name;
  });
}

function numbered(wanted: string, isTaken: (name: string) => boolean): string {
  let count = 2;
  while (isTaken(`${wanted} (${count})`)) count++;
  return `${wanted} (${count})`;
}
