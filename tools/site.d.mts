export function installSite(): Promise<void>;
export function buildSite(base?: string): Promise<string>;
