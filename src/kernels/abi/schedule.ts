// biome-ignore lint/suspicious/noEmptyInterface: filled by its family
export interface ScheduleKernels {}

export const scheduleArity = {} satisfies Record<keyof ScheduleKernels, number>;
