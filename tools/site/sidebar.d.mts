export function sectionsOf(
  markdown: string,
): { readonly text: string; readonly links: { readonly text: string; readonly href: string }[] }[];
