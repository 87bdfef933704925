export interface SitePage {
  readonly anchors: Set<string>;
  readonly headings: string[];
  readonly links: string[];
}
export const questions: readonly string[];
export function readPage(html: string): SitePage;
export function deadLinks(pages: Map<string, SitePage>, files: Set<string>, base: string): string[];
export function clicksFrom(first: string, pages: Map<string, SitePage>, base: string): Map<string, number>;
export function faultsOf(folder: string, base: string): string[];
