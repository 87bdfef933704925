/** What a record has under a key that came from outside, which may be "constructor" or "__proto__". */
export function ownEntry<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
