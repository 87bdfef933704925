import { utcFormat } from "d3-time-format";
import { dateReader } from "../schema/date-codec.js";
import type { SeenCells } from "./cells.js";
import type { Guess } from "./guess.js";

const days = [
  "%Y-%m-%d",
  "%Y/%m/%d",
  "%m/%d/%Y",
  "%d/%m/%Y",
  "%d.%m.%Y",
  "%d-%m-%Y",
  "%m/%d/%y",
  "%d/%m/%y",
  "%d.%m.%y",
  "%d-%b-%Y",
  "%d %b %Y",
  "%b %d, %Y",
  "%b %d %Y",
];
const times = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%L", "%I:%M %p", "%I:%M:%S %p"];
const formats = [
  ...days.map((format) => ({ type: "date" as const, format })),
  ...days.flatMap((date) =>
    times.flatMap((time) =>
      [" ", "T"].flatMap((between) =>
        ["", "Z"].map((zone) => ({ type: "datetime" as const, format: `${date}${between}${time}${zone}` })),
      ),
    ),
  ),
].map((each) => ({ ...each, read: dateReader(each.format) }));

/** A date or a date with a time, where all cells are written in one format. */
export function guessDate({ counts }: SeenCells): Guess | undefined {
  const texts = [...counts.keys()].map((text) => text.trim());
  const [first] = texts;
  if (first === undefined || !/\d\D.*\d/.test(first)) return undefined;
  const fitting = formats.filter(({ read }) => texts.every((text) => read(text) !== undefined));
  const [chosen, other] = fitting;
  if (!chosen) return undefined;
  const format = asWritten(chosen.format, texts);
  const reason =
    other &&
    `days and months may be the other way round: set format to ${JSON.stringify(asWritten(other.format, texts))} if they are`;
  return { field: { type: chosen.type, format }, reason };
}

/** The format without leading zeros, where the texts have none. */
function asWritten(format: string, texts: readonly string[]): string {
  const read = dateReader(format);
  const isWrittenAs = (each: string) => {
    const write = utcFormat(each);
    return texts.every((text) => write(new Date(Math.round((read(text) ?? 0) * 864e5))) === text);
  };
  const short = format.replace(/%([mdHI])/g, "%-$1");
  const shortDay = format.replace(/%([mdI])/g, "%-$1");
  return [format, shortDay, short].find(isWrittenAs) ?? format;
}
