/** What is trained: a network of about 5,000 parameters, whose clients do little, so that what is measured is the federation. */
export const network = { dimension: 2, sigmaData: 1, hidden: [64, 56], noiseFeatures: 16 };
export const training = { batchSize: 16 };
export const localSteps = 2;
export const rowsOfClient = 32;

export function clientNames(count) {
  return Array.from({ length: count }, (_, client) => `client-${String(client).padStart(7, "0")}`);
}
