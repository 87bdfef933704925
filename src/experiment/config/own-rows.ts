import type { DataConfig } from "./data.js";

/** Whether the rows are those of clients, which hold them and show them to nobody. */
export function areClientsOwn(data: DataConfig): boolean {
  return data.kind === "clients" || (data.kind === "table" && data.path === undefined);
}
