export function isOutside(href: string): boolean;
export function targetOf(from: string, href: string): { readonly path: string; readonly anchor: string };
export function hrefOnSite(from: string, href: string, isFolder: (path: string) => boolean): string;
