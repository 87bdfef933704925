/** What each term of the gradient bound is there for. */
export const gradientTermMeanings = {
  optimization: "the start is not the optimum; falls like 1 / (eta T_l Q)",
  variance: "stochastic gradients, averaged over the clients that kept a parameter",
  pruning: "a client differentiates at theta * m and not at theta",
  drift: "a client moves away from theta during its local steps",
  heterogeneity: "the clients that kept a parameter do not represent all clients",
  uncovered: "gradient on parameters that no client of a round kept",
} as const;

/** Names of the terms of the gradient bound. */
export type GradientTerm = keyof typeof gradientTermMeanings;

/** All of them. */
export const gradientTerms = Object.keys(gradientTermMeanings) as readonly GradientTerm[];

/** One value for each term. */
export function ofEachTerm<T>(make: (name: GradientTerm) => T): Readonly<Record<GradientTerm, T>> {
  return Object.fromEntries(gradientTerms.map((name) => [name, make(name)])) as Record<GradientTerm, T>;
}
