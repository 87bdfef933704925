/** Entry of a worker: the functions that pools may call there. */
import { measure } from "./experiment/jobs/measure.js";
import { sampleBlock } from "./experiment/jobs/sample-block.js";
import { boundFromBelow, estimateByNeighbours } from "./experiment/jobs/sample-comparison.js";
import { closeRound, closeTraining, openRound, openTraining, trainBlocks } from "./federation/training-functions.js";
import { closeProbe, openProbe, probeClient } from "./theory/apriori/probe-functions.js";
import { closeCertificate, openCertificate, runCertificateUnits } from "./theory/certificate/certificate-functions.js";
import { closeDenoising, denoisingErrorRows, openDenoising } from "./theory/denoising-errors.js";
import { serve } from "./workers/comlink/serve.js";

serve([
  openDenoising,
  closeDenoising,
  denoisingErrorRows,
  openCertificate,
  closeCertificate,
  runCertificateUnits,
  openTraining,
  closeTraining,
  openRound,
  closeRound,
  trainBlocks,
  sampleBlock,
  measure,
  boundFromBelow,
  estimateByNeighbours,
  openProbe,
  closeProbe,
  probeClient,
]);
