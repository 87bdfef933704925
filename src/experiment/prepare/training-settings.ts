import type { TimeGrid } from "../../diffusion/grid.js";
import { FedscoreError } from "../../errors.js";
import type { RecordPrivacy } from "../../network/privacy.js";
import type { LevelSettings, TrainingSettings } from "../../network/training.js";
import { levelFields } from "../../network/training-fields.js";
import type { ExperimentConfig } from "../config/schema.js";

type TrainingConfig = ExperimentConfig["training"];

/** The noise levels that training draws from; `grid` is the sampling grid where it is known before training. */
export function levelSettings({ levels }: TrainingConfig, grid: TimeGrid | undefined): LevelSettings {
  const { spacing, count = levelFields.count.absent, distribution } = levels;
  const draws = { ...(distribution && { distribution }) };
  if (spacing !== "grid") return { spacing, count, ...draws };
  if (grid) return { spacing, times: [...grid.times], ...draws };
  throw new FedscoreError(
    "FEDSCORE_INVALID_CONFIG",
    'config.training.levels.spacing must not be "grid" with a certified sampling grid on data without an exact denoiser: that grid is known only after training',
  );
}

/** How each client of a config trains. */
export function trainingSettings(
  { training, privacy }: Pick<ExperimentConfig, "training" | "privacy">,
  grid: TimeGrid | undefined,
): TrainingSettings {
  const { batchSize, optimizer, rate, weighting, clipNorm, labelDropout } = training;
  const levels = levelSettings(training, grid);
  return {
    ...{ batchSize, optimizer, weighting, levels },
    ...(rate !== undefined && { rate }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(labelDropout !== undefined && { labelDropout }),
    ...(privacy?.kind === "record" && { privacy: recordPrivacyOf(privacy) }),
  };
}

function recordPrivacyOf({ clipNorm, noiseMultiplier, noiseDraws, reproducible }: RecordPrivacy): RecordPrivacy {
  return { clipNorm, noiseMultiplier, noiseDraws, reproducible };
}
