/** The loss of a client's held-out rows, or why there is none. */
export type ClientEvaluation =
  | { readonly client: number; readonly loss: number; readonly rows: number }
  | { readonly client: number; readonly reason: "late" | "lost" | "refused"; readonly message?: string };
