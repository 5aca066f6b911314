/** The report: one HTML file with everything in it, which asks nothing of a network. */
import { buildReportData } from './build-report-data.js';
import { type Html, html } from './html.js';
import type { LoadedRun } from './load-runs.js';
import { headline } from './narrative.js';
import { pageDocument } from './page-document.js';
import { pageScript, pageStyle } from './page-script.js';
import { card, header, settingsSection, storySection, tableSection } from './sections.js';

/** Renders the report of some runs as the text of an HTML file. */
export function renderReport(runs: readonly LoadedRun[]): string {
  const { config } = runs[0]!;
  const data = buildReportData(runs);
  const watchable = data.runs.some((run) => run.trajectories.length > 0);
  const kept = data.runs.reduce((sum, run) => sum + run.trajectories.length, 0);
  const all = data.runs.reduce((sum, run) => sum + run.trials.length, 0);
  const judged = data.runs.some((run) => run.trajectories.some((trajectory) => (trajectory.evaluation?.predictions.length ?? 0) > 0));
  const heldOut = data.runs.every((run) => run.trajectories.every((trajectory) => trajectory.evaluation?.heldOut !== false));
  const fitted = data.runs.some((run) => run.fits.some((fit) => fit.train.length > 0));
  const several = runs.length > 1 ? ' Median over the runs.' : '';
  const seen = heldOut
    ? 'The model had not learned from any part of the trial yet.'
    : 'The model had learned from earlier parts of the trial.';
  const body: Html = html`<main>
    ${header(runs)}
    <div class="grid">
      ${watchable && card('player', 'Watch it', `Pick a trial; drag along the rewards to look closer.${kept < all ? ` ${kept} of ${all} trials are kept in this file.` : ''}`, true)}
      ${storySection(runs)}
      ${card('learning', 'Learning curve', runs.length > 1 ? 'Return of each trial: the sum of its rewards.' : 'Return of each trial: the sum of its rewards. Trial 0 is random.', false)}
      ${judged && card('predictions', 'What the model expected', `At the start of each fan the model is told where things stand and which actions follow, and then runs on without looking. ${seen} A good fan is narrow and holds what happened; where the task is unstable, small errors grow and an honest fan opens.`, true)}
      ${judged && card('calibration', 'Does it know what it does not know?', 'An interval that claims to hold half of the outcomes should hold half of them. Below the diagonal the model is too sure of itself, above it too careful. One step ahead, all components.', false)}
      ${fitted && card('loss', 'Loss of the model', 'Negative log-likelihood by epoch; each fit starts a new line, with more data. Lower is better.', false)}
      ${card('plan-time', 'Planning time', `Milliseconds to choose one action, mean over the trial.${several}`, false)}
      ${card('fit-time', 'Fitting time', `Seconds to learn from the data so far, in and after the trial.${several}`, false)}
      ${tableSection(runs)} ${settingsSection(runs)}
    </div>
    <footer>
      <p>Written by <code>mbrl report</code>. Everything on this page is inside this file.</p>
    </footer>
  </main>`;
  return pageDocument({
    title: `${config.preset}: ${headline(runs)}`,
    style: pageStyle(),
    script: pageScript(),
    body,
    data,
  });
}
