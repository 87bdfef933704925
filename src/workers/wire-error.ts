import { type ErrorCode, FedscoreError } from "../errors.js";

/** An error as plain data. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
}

/** An error as plain data, `code` and `details` included. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const wire = { name: error.name, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
  if (error instanceof FedscoreError) return { ...wire, code: error.code, details: error.details };
  return "code" in error && typeof error.code === "string" ? { ...wire, code: error.code } : wire;
}

/** The error that a worker function threw: its own code where it had one of this package, else FEDSCORE_WORKER. */
export function fromWireError(functionName: string, { name, message, code, details, stack }: WireError): FedscoreError {
  const cause = Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });
  if (code?.startsWith("FEDSCORE_")) return new FedscoreError(code as ErrorCode, message, details, cause);
  return new FedscoreError("FEDSCORE_WORKER", `${functionName} failed in a worker: ${name}: ${message}`, {}, cause);
}
