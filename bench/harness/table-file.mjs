/** A table of 20 columns of all kinds, with gaps, as a CSV file: the same for the same number of rows. */
import { closeSync, openSync, writeSync } from "node:fs";

const states = Array.from({ length: 50 }, (_, state) => `State ${state}`);
const cities = Array.from({ length: 2000 }, (_, city) => `City of number ${city}`);
const two = (number) => String(number).padStart(2, "0");

/** Park and Miller's generator. */
function uniforms() {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function rowOf(row, random) {
  const below = (count) => Math.floor(random() * count);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const day = new Date(Date.UTC(2020, 0, 1 + below(1000))).toISOString().slice(0, 10);
  return [
    ...[row, Math.exp(3 + normal).toFixed(2), (100 * random()).toFixed(3), random(), below(1e6)],
    ...[18 + below(80), Math.floor(30 * random() * random()), 1990 + below(30), day],
    `${day} ${two(below(24))}:${two(below(60))}:${two(below(60))}`,
    ...[cities[Math.floor(2000 * random() * random())], states[below(50)], random() < 0.5 ? "Large" : "Small"],
    ...[random() < 0.2, "ABCDE"[below(5)], `0${1000 + below(900)}`],
    ...[random() < 0.3 ? "" : below(100) / 10, random() < 0.1 ? "" : below(100)],
    ...[random() < 0.01 ? '"Smith, J"' : "Jones", Math.round(30 * normal)],
  ].join(",");
}

const header =
  "id,amount,price,ratio,count,age,visits,year,day,moment,city,state,size,flag,grade,code,gap,rare gap,name,delay";

export function writeTableFile(path, rows) {
  const random = uniforms();
  const file = openSync(path, "w");
  let text = `${header}\n`;
  for (let row = 0; row < rows; row++) {
    text += `${rowOf(row, random)}\n`;
    if (text.length < 2 ** 20 && row < rows - 1) continue;
    writeSync(file, text);
    text = "";
  }
  closeSync(file);
}
