/**
 * "fedscore/federation": the server of a federated run, and what writing a transport to clients elsewhere takes.
 * @module fedscore/federation
 */
export {
  type AggregatedUpdate,
  type Aggregation,
  type AggregationSpec,
  aggregations,
  createAggregation,
  type OwnAggregation,
  type SingleUpdate,
} from "../federation/aggregations/index.js";
export {
  type Attack,
  type AttackedRound,
  type AttackSpec,
  attacks,
  type DataAttack,
  type UpdateAttack,
} from "../federation/attacks/index.js";
export type { AverageRule } from "../federation/averages/average.js";
export { type AverageSpec, averages } from "../federation/averages/index.js";
export { BlockFold, type ClientOutcome } from "../federation/block-fold.js";
export { type BlockContext, type DrawnLevels, runBlocks } from "../federation/client-block.js";
export type { ClientData, ClientOptions, ClientSettings } from "../federation/client-options.js";
export {
  type ClientControls,
  type ClientRule,
  type ClientRuleSpec,
  type ClientStart,
  clientRules,
  type LocalSteps,
  type OwnClientRule,
} from "../federation/client-rules/index.js";
export type { DeviceClock, DeviceEvent, DeviceTiming } from "../federation/devices/device-clock.js";
export type { DeviceTimes } from "../federation/devices/flights.js";
export type { AsynchronousOptions, DevicesOptions } from "../federation/devices/options.js";
export { type FederationPlan, fitCapacities, type PlannedClass, planFederation } from "../federation/devices/plan.js";
export type { DeviceProfile, DeviceProfileOptions } from "../federation/devices/profile.js";
export { readDeviceProfiles } from "../federation/devices/read-profiles.js";
export { createVirtualClock } from "../federation/devices/virtual-clock.js";
export type { ClientTimes, VirtualRound } from "../federation/devices/virtual-round.js";
export type { VirtualTotals } from "../federation/devices/virtual-totals.js";
export {
  createEncoding,
  type DownlinkName,
  type Encoding,
  type EncodingSpec,
  encodings,
  type UpdateKey,
} from "../federation/encodings/index.js";
export { createFederation, Federation } from "../federation/federation.js";
export { foldClients } from "../federation/fold-clients.js";
export type {
  AbsentClient,
  ArrivedUpdate,
  Block,
  BlockUpdate,
  ClientAssignment,
  ClientReport,
  ClientRows,
  ClientState,
  CommonMask,
  RoundTask,
  TrainingSetup,
} from "../federation/messages.js";
export type { CompleteOptions, FederationOptions } from "../federation/options.js";
export { describePartition, type PartitionDescription } from "../federation/partitioners/describe.js";
export { type PartitionSpec, partition } from "../federation/partitioners/index.js";
export type { PartitionRequest } from "../federation/partitioners/partitioner.js";
export { poolTransport } from "../federation/pool-transport.js";
export { type AnsweredRound, replayTransport } from "../federation/replay-transport.js";
export { checkBlockUpdate } from "../federation/require-answer.js";
export type { AbsentReport, ClientShare, RoundReport } from "../federation/round-report.js";
export {
  type OwnServerOptimizer,
  type ServerOptimizer,
  type ServerOptimizerSpec,
  type ServerStep,
  serverOptimizers,
} from "../federation/server-optimizers/index.js";
export type { RoundStart, TrainOptions } from "../federation/train-options.js";
export {
  type BlocksCall,
  openTraining,
  type SentVectors,
  trainBlocks,
  training,
} from "../federation/training-tasks.js";
export type { Transport } from "../federation/transport.js";
