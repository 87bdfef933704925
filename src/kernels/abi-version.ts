/**
 * Version of the kernels' names, parameters and meanings, of the codes that they take and of the streams of random numbers. Kernels may be added under the same
 * number; it rises where one is changed or removed, and only with a release that semantic versioning lets break.
 */
export const abiVersion = 1;
