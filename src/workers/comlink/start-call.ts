/** The first call of a pool to a worker: instantiate the kernels that the pool compiled. Also the ready handshake. */
export const startCall = "start";
