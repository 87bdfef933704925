/** A value that a Python literal says; integers as numbers, longer ones rounded. */
export type PythonValue = string | number | boolean | null | PythonSequence | PythonDictionary;

export interface PythonSequence {
  readonly kind: "tuple" | "list";
  readonly items: readonly PythonValue[];
}

/** Keys are texts. */
export interface PythonDictionary {
  readonly kind: "dictionary";
  readonly entries: ReadonlyMap<string, PythonValue>;
}

/** What a text has in a place of a literal. */
export class LiteralProblem extends Error {
  override readonly name = "LiteralProblem";
  readonly offset: number;
  readonly expected: string;

  constructor(offset: number, expected: string) {
    super(`expected ${expected}`);
    this.offset = offset;
    this.expected = expected;
  }
}

/** Deeper than any type that NumPy describes. */
const deepest = 32;

const space = /\s*/y;
const integer = /[+-]?\d+/y;
const names = new Map<string, PythonValue>([
  ["True", true],
  ["False", false],
  ["None", null],
]);
const word = /[A-Za-z_]+/y;
const quoted = /[uUbB]?(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/y;

/**
 * The value of a Python literal: texts, integers (those of Python 2 end in L), True, False, None, tuples, lists and dictionaries with keys
 * that are texts.
 * @throws LiteralProblem.
 */
export function parsePythonLiteral(text: string): PythonValue {
  return new LiteralReader(text).read();
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PythonValue {
    const value = this.#value(0);
    this.#match(space);
    if (this.#at < this.#text.length) throw this.#expected("nothing behind the value");
    return value;
  }

  #value(depth: number): PythonValue {
    if (depth > deepest) throw this.#expected(`nesting of at most ${deepest}`);
    this.#match(space);
    const text = this.#textLiteral();
    if (text !== undefined) return text;
    const digits = this.#match(integer);
    if (digits !== undefined) {
      if (/[lL]/.test(this.#text[this.#at] ?? "")) this.#at++;
      return Number(digits);
    }
    if (this.#take("(")) return this.#tuple(depth);
    if (this.#take("[")) return { kind: "list", items: this.#items("]", depth).items };
    if (this.#take("{")) return this.#dictionary(depth);
    const begin = this.#at;
    const name = this.#match(word);
    const value = name === undefined ? undefined : names.get(name);
    if (value !== undefined) return value;
    this.#at = begin;
    throw this.#expected("a value");
  }

  /** (1) is a number in parentheses, (1,) a tuple. */
  #tuple(depth: number): PythonValue {
    const { items, commas } = this.#items(")", depth);
    return items.length === 1 && commas === 0 ? items[0] : { kind: "tuple", items };
  }

  #items(end: string, depth: number): { items: PythonValue[]; commas: number } {
    const items: PythonValue[] = [];
    let commas = 0;
    while (!this.#take(end)) {
      if (items.length > commas) throw this.#expected(`"," or "${end}"`);
      items.push(this.#value(depth + 1));
      if (this.#take(",")) commas++;
    }
    return { items, commas };
  }

  #dictionary(depth: number): PythonDictionary {
    const entries = new Map<string, PythonValue>();
    for (let separated = true; !this.#take("}"); separated = this.#take(",")) {
      if (!separated) throw this.#expected('"," or "}"');
      const key = this.#textLiteral();
      if (key === undefined) throw this.#expected("a key that is a text");
      if (entries.has(key)) throw this.#expected("another key than those before it");
      if (!this.#take(":")) throw this.#expected('":" behind a key');
      entries.set(key, this.#value(depth + 1));
    }
    return { kind: "dictionary", entries };
  }

  #textLiteral(): string | undefined {
    quoted.lastIndex = this.#at;
    const found = quoted.exec(this.#text);
    if (!found) return undefined;
    this.#at = quoted.lastIndex;
    return (found[1] ?? found[2] ?? "").replace(/\\(['"\\])/g, "$1");
  }

  /** Whether a character comes next, behind blanks; if so it is behind us. */
  #take(character: string): boolean {
    this.#match(space);
    const isNext = this.#text[this.#at] === character;
    if (isNext) this.#at++;
    this.#match(space);
    return isNext;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expected(expected: string): LiteralProblem {
    return new LiteralProblem(this.#at, expected);
  }
}
