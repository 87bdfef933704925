import { type AggregateKernels, aggregateArity } from "./aggregate.js";
import { type CertificateKernels, certificateArity } from "./certificate.js";
import { type CholeskyKernels, choleskyArity } from "./cholesky.js";
import { type DistanceKernels, distanceArity } from "./distance.js";
import { type DsmKernels, dsmArity } from "./dsm.js";
import { type EigenKernels, eigenArity } from "./eigen.js";
import { type GemmKernels, gemmArity } from "./gemm.js";
import { type MemoryKernels, memoryArity } from "./memory.js";
import { type MixtureKernels, mixtureArity } from "./mixture.js";
import { type MlpKernels, mlpArity } from "./mlp.js";
import { type MomentsKernels, momentsArity } from "./moments.js";
import { type OptimizerKernels, optimizerArity } from "./optimizer.js";
import { type RandomKernels, randomArity } from "./random.js";
import { type ReduceKernels, reduceArity } from "./reduce.js";
import { type SamplerKernels, samplerArity } from "./sampler.js";
import { type ScheduleKernels, scheduleArity } from "./schedule.js";
import { type StructuredKernels, structuredArity } from "./structured.js";
import { type VecmathKernels, vecmathArity } from "./vecmath.js";
import { type WassersteinKernels, wassersteinArity } from "./wasserstein.js";

/** Every function that a build of assembly/ exports. Pointers are byte offsets; see each family for shapes. */
export interface Kernels
  extends MemoryKernels,
    GemmKernels,
    MlpKernels,
    OptimizerKernels,
    DsmKernels,
    RandomKernels,
    VecmathKernels,
    ReduceKernels,
    ScheduleKernels,
    SamplerKernels,
    MixtureKernels,
    StructuredKernels,
    AggregateKernels,
    CertificateKernels,
    DistanceKernels,
    WassersteinKernels,
    CholeskyKernels,
    EigenKernels,
    MomentsKernels {}

/** Name and number of arguments of every export: what the loader and the tests check a build against. */
export const arity: Readonly<Record<keyof Kernels, number>> = {
  ...memoryArity,
  ...gemmArity,
  ...mlpArity,
  ...optimizerArity,
  ...dsmArity,
  ...randomArity,
  ...vecmathArity,
  ...reduceArity,
  ...scheduleArity,
  ...samplerArity,
  ...mixtureArity,
  ...structuredArity,
  ...aggregateArity,
  ...distanceArity,
  ...certificateArity,
  ...wassersteinArity,
  ...choleskyArity,
  ...eigenArity,
  ...momentsArity,
};
