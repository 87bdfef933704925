import { createGrid, type GridSpec } from "../../diffusion/grids/index.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import type { Engine } from "../../kernels/index.js";
import type { Model } from "../../model/model.js";
import { type CertificateConfig, certificateDefaults } from "../config/certificate.js";
import { exactLaw } from "../prepare/exact-law.js";
import { dataOfRun, type ResultOrigin, requireModelOf } from "./own-data.js";
import { type CertificationSubject, certifiedSampler } from "./subject.js";

/** What is certified otherwise than in the model's run; what is absent is as there. */
export interface CertifyModelOptions
  extends Partial<
    Pick<
      CertificateConfig,
      "paths" | "confidence" | "precision" | "intervalRows" | "intervalPaths" | "intervalProposal" | "defensiveShare"
    >
  > {
  /** Folder that data files of the config are relative to. */
  readonly folder: string;
  readonly sampler?: SamplerName | undefined;
  readonly grid?: GridSpec | undefined;
}

/** What `certifySubject` needs. */
export interface CertificationRequest {
  readonly subject: CertificationSubject;
  readonly settings: CertificateConfig;
}

/**
 * The certification of a saved model, with the data of its run read or drawn anew.
 * @param result that of the run.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where model or data are not those of the result; ArgumentError for a grid that does
 * not fit the schedule.
 */
export async function certificationOfModel(
  engine: Engine,
  model: Model,
  result: ResultOrigin,
  options: CertifyModelOptions,
): Promise<CertificationRequest> {
  requireModelOf(result, model);
  const { config } = result;
  const { sampling, transform } = model;
  const { folder, sampler, grid = sampling.grid, paths, ...changes } = options;
  const data = await dataOfRun(engine, result, folder);
  const schedule = createSchedule(model.schedule);
  const configured = config.certificate || certificateDefaults;
  return {
    subject: {
      law: exactLaw(engine, config.data, transform),
      schedule,
      scheduleSpec: model.schedule,
      grid: createGrid(grid, schedule),
      ...certifiedSampler(sampler ?? configured.sampler ?? sampling.sampler),
      denoiseLast: sampling.denoiseLast,
      network: { spec: model.network, parameters: model.parameters },
      train: transform.forward(data.train.exact ?? data.train.points),
      heldOut: transform.forward(data.heldOut.exact ?? data.heldOut.points),
      seed: model.seed,
    },
    settings: {
      ...configured,
      ...(paths !== undefined && { paths, empiricalPaths: paths, invertedRows: paths }),
      ...changes,
    },
  };
}
