import type { Dataset } from "../../data/dataset.js";
import { FedscoreError } from "../../errors.js";
import { classesOf } from "../../judges/classes.js";
import { mostClasses } from "../../judges/train-classifier.js";
import type { ExperimentConfig } from "../config/schema.js";

/**
 * Throws where the config names judges and the training rows have no classes that a classifier could learn.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG.
 */
export function requireJudgeable({ data, evaluation }: ExperimentConfig, { labels }: Dataset): void {
  if (!evaluation.judges) return;
  if (!labels)
    throw invalid(`config.evaluation.judges needs classes, which these data of kind "${data.kind}" do not have`);
  const { length } = classesOf(labels);
  if (length < 2 || length > mostClasses)
    throw invalid(
      `config.evaluation.judges needs 2 to ${mostClasses} classes among the training rows, these have ${length}`,
    );
}

/** Throws where a config describes a classifier and names nobody who judges by it. */
export function requireJudges({ evaluation: { judges, classifier } }: ExperimentConfig): void {
  if (classifier && !judges)
    throw invalid("config.evaluation.classifier is for config.evaluation.judges, which are not named");
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
