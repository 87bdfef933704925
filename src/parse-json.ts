/** Deepest nesting that is read: nothing of this package comes near it, and no reader of the value runs out of stack. */
const deepest = 500;

/** What is wrong with a JSON text, and where: lines and columns count from 1. */
export class JsonProblem extends Error {
  override readonly name = "JsonProblem";
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, problem: string) {
    super(problem);
    ({ line: this.line, column: this.column } = placeIn(text, offset));
  }
}

/** What may differ from RFC 8259. */
export interface JsonOptions {
  /** Whether comments may stand between tokens, as in JavaScript. */
  readonly comments?: boolean;
}

/**
 * The value that a JSON text (RFC 8259) says, as `JSON.parse` gives it, but a key that an object has twice is refused, and so is nesting
 * deeper than 500. Neither time nor stack grows with anything but the length of the text.
 * @throws JsonProblem.
 */
export function parseJson(text: string, options: JsonOptions = {}): unknown {
  return new JsonReader(text, options).read();
}

/** An object or array that is not closed yet. */
type Open =
  | { readonly kind: "array"; readonly begin: number; readonly items: unknown[] }
  | { readonly kind: "object"; readonly begin: number; readonly entries: Map<string, unknown>; key: string };

const literals = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const word = /[\w$]+/y;
const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escaped = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

class JsonReader {
  readonly #text: string;
  readonly #comments: boolean;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string, { comments = false }: JsonOptions) {
    this.#text = text;
    this.#comments = comments;
  }

  read(): unknown {
    for (;;) {
      let value = this.#begun();
      while (value !== undefined) {
        const parent = this.#open[this.#open.length - 1];
        if (parent === undefined) return this.#last(value);
        if (parent.kind === "array") parent.items.push(value);
        else parent.entries.set(parent.key, value);
        value = this.#afterEntry(parent);
      }
    }
  }

  /** A scalar or an empty object or array; undefined where one has begun whose first entry comes next. */
  #begun(): unknown {
    const begin = this.#skip();
    const first = this.#text[begin];
    if (first === '"') return this.#string();
    if (first !== "{" && first !== "[") return this.#scalar();
    this.#at++;
    if (this.#open.length === deepest) throw this.#problem(`nested deeper than ${deepest}`, begin);
    const isEmpty = this.#text[this.#skip()] === (first === "{" ? "}" : "]");
    if (isEmpty) {
      this.#at++;
      return first === "{" ? {} : [];
    }
    if (first === "[") this.#open.push({ kind: "array", begin, items: [] });
    else {
      const object: Open = { kind: "object", begin, entries: new Map(), key: "" };
      this.#open.push(object);
      this.#key(object);
    }
    return undefined;
  }

  /** Behind an entry: the value that is complete with it; undefined where another entry comes. */
  #afterEntry(parent: Open): unknown {
    const end = parent.kind === "array" ? "]" : "}";
    const found = this.#text[this.#skip()];
    if (found === end) {
      this.#at++;
      this.#open.pop();
      return parent.kind === "array" ? parent.items : Object.fromEntries(parent.entries);
    }
    if (found !== ",") throw this.#unexpected(`"," or "${end}"`, parent);
    this.#at++;
    if (this.#text[this.#skip()] === end) throw this.#problem('a "," behind the last entry');
    if (parent.kind === "object") this.#key(parent);
    return undefined;
  }

  #key(object: Extract<Open, { kind: "object" }>): void {
    const begin = this.#skip();
    if (this.#text[begin] !== '"') throw this.#unexpected("a key in double quotes", object);
    object.key = this.#string();
    if (object.entries.has(object.key)) throw this.#problem(`the key ${this.#path()} is given twice`, begin);
    if (this.#text[this.#skip()] !== ":") throw this.#unexpected('":" behind a key', object);
    this.#at++;
  }

  #last(value: unknown): unknown {
    if (this.#skip() < this.#text.length) throw this.#unexpected("nothing behind the value");
    return value;
  }

  #scalar(): unknown {
    numeral.lastIndex = this.#at;
    const number = numeral.exec(this.#text)?.[0];
    word.lastIndex = this.#at;
    const name = word.exec(this.#text)?.[0] ?? "";
    if (number === undefined && !literals.has(name)) {
      throw this.#unexpected("a value", this.#open[this.#open.length - 1], name);
    }
    this.#at += (number ?? name).length;
    return number === undefined ? literals.get(name) : Number(number);
  }

  #string(): string {
    const text = this.#text;
    const begin = this.#at++;
    while (text[this.#at] !== '"') {
      if (this.#at >= text.length) throw this.#problem("a text without its closing quote", begin);
      if (text.charCodeAt(this.#at) < 0x20) throw this.#problem("a line end or control character in a text");
      if (text[this.#at] !== "\\") this.#at++;
      else {
        escaped.lastIndex = this.#at;
        const found = escaped.exec(text);
        if (!found) throw this.#problem("a \\ in a text that is no escape; \\\\ is the character itself");
        this.#at += found[0].length;
      }
    }
    this.#at++;
    return JSON.parse(text.slice(begin, this.#at));
  }

  /** Goes on to the next token, and gives its offset. */
  #skip(): number {
    const text = this.#text;
    for (;;) {
      const character = text[this.#at];
      if (character === " " || character === "\t" || character === "\n" || character === "\r") this.#at++;
      else if (this.#comments && character === "/" && text[this.#at + 1] === "/") this.#at = lineEnd(text, this.#at);
      else if (this.#comments && character === "/" && text[this.#at + 1] === "*") {
        const end = text.indexOf("*/", this.#at + 2);
        if (end < 0) throw this.#problem("a comment without its end */");
        this.#at = end + 2;
      } else return this.#at;
    }
  }

  #unexpected(expected: string, parent?: Open, name = ""): JsonProblem {
    const found = name.slice(0, 40) || String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (this.#at < this.#text.length) return this.#problem(`expected ${expected}, found ${JSON.stringify(found)}`);
    const begun = parent ? `; line ${placeIn(this.#text, parent.begin).line} begins what is not closed` : "";
    return this.#problem(`expected ${expected}, found the end of the text${begun}`);
  }

  #problem(problem: string, at = this.#at): JsonProblem {
    return new JsonProblem(this.#text, at, problem);
  }

  /** Where the key stands that was read last. */
  #path(): string {
    return pathOf(this.#open.map((each) => (each.kind === "array" ? each.items.length : each.key))).replace(/^\./, "");
  }
}

const longestPath = 200;

/** ".training.levels", ".axes[0].values[2]", `.data["other words"]`: keys and indices as a person writes them, shortened in the middle. */
export function pathOf(keys: readonly PropertyKey[]): string {
  const steps = keys.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    const text = String(key);
    if (/^[\w$-]{1,60}$/.test(text)) return `.${text}`;
    return `[${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}]`;
  });
  const path = steps.join("");
  return path.length > longestPath ? `${path.slice(0, longestPath / 2)}…${path.slice(-longestPath / 2)}` : path;
}

function lineEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
  return end;
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: before[before.length - 1].length + 1 };
}
