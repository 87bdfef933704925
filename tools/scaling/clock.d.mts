export interface Station {
  readonly lanes: number;
  readonly machine?: string;
}
export function simulate(
  stations: Readonly<Record<string, Station>>,
  machines: Readonly<Record<string, number>>,
  routes: readonly (readonly (readonly [string, number])[])[],
): { readonly seconds: number; readonly busy: Readonly<Record<string, number>> };
