import type { Processes } from "./processes.mjs";

export const natsVersion: string;
export const natsProgram: string;
export function noNats(): string | undefined;
export function startNatsServer(processes: Processes, args: readonly string[], folder?: string): Promise<void>;
export function freePorts(count: number): Promise<number[]>;
