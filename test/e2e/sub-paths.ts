/** Sub-paths of the package that pages may load. */
export const pageSubPaths = [
  "data",
  "diffusion",
  "divergence",
  "federation",
  "kernels",
  "model",
  "privacy",
  "pruning",
  "tables",
  "targets",
  "theory",
  "workers",
];
