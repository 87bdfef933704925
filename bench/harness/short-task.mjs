/** The work of the question `remote`: some hundred microseconds of arithmetic, the same in every worker. */

const iterations = 60_000;

/** @param input float32; @returns float32 [length]. */
export function shortTask({ input, length }) {
  const output = new Float32Array(length);
  for (let index = 0; index < iterations; index++)
    output[index % length] += Math.sqrt(index + input[index % input.length]);
  return output;
}

/** Numbers by which all must agree, of the answers to a run's tasks in their order. */
export const checkOf = (answers) => answers.flatMap((answer) => [answer.length, answer[0], answer[answer.length >> 1]]);

/** Inputs of one run, which differ. @returns { input: float32, length }[]. */
export function shortTasks({ tasks, inputBytes, resultBytes }) {
  return Array.from({ length: tasks }, (_, task) => ({
    input: Float32Array.from({ length: inputBytes / 4 }, (_, index) => ((task + 1) * (index + 1)) % 97),
    length: resultBytes / 4,
  }));
}
