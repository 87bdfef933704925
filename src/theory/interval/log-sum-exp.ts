/** log of the mean of e^values, with nothing but differences of the values in the exponent. */
export function logMeanExp(values: Float64Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0) / values.length);
}

/** The same of their sum. */
export function logSumExp(values: Float64Array): number {
  return logMeanExp(values) + Math.log(values.length);
}
