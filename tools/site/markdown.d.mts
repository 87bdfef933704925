export function linksOf(markdown: string): { readonly href: string; readonly line: number }[];
export function anchorsOf(markdown: string): Set<string>;
