export function pagesOf(root: string): string[];
export function stage(root: string, out: string): void;
