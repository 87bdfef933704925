export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Contestant {
  constructor(entry: Entry);
  readonly entry: Entry;
  readonly pid: number | undefined;
  ask(request: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  close(): void;
}
