export class Processes {
  start(
    command: string,
    args: readonly string[],
    options: { readonly ready: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<void>;
  close(): Promise<void>;
}

export function withProcesses<Result>(work: (processes: Processes) => Promise<Result>): Promise<Result>;
