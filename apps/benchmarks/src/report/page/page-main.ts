/** Fills the places that the page has for charts and players. */
import { fitTimeChart, lossChart, planTimeChart } from './cost-section.js';
import { learningSection } from './learning-section.js';
import { byId, choiceRow, showNumber } from './page-elements.js';
import { calibrationChart, predictionCharts, predictionLegend } from './prediction-section.js';
import type { ReportData, ReportRun, ReportTrajectory } from './report-data.js';
import { createTrialPlayer } from './trial-player.js';

const data = JSON.parse(byId('page-data').textContent ?? '') as ReportData;

/** The trial to show first: the first solved one, else the best. */
function favourite(trajectories: readonly ReportTrajectory[]): number {
  const solved = trajectories.findIndex((trajectory) => trajectory.solved);
  if (solved >= 0) return solved;
  let best = 0;
  trajectories.forEach((trajectory, index) => {
    if (trajectories[best]!.random || (!trajectory.random && trajectory.return > trajectories[best]!.return)) best = index;
  });
  return best;
}

const trialOption = (trajectory: ReportTrajectory): { text: string; mark?: string } => ({
  text: `${trajectory.random ? 'random' : `trial ${trajectory.trial}`}  ${showNumber(trajectory.return)}`,
  ...(trajectory.solved ? { mark: 'solved' } : {}),
});

/** A choice of run, where there are several, over what `fill` makes of the run chosen. */
function perRun(place: HTMLElement, fill: (run: ReportRun, body: HTMLElement) => void): void {
  const body = document.createElement('div');
  const choose = (index: number): void => {
    body.replaceChildren();
    fill(data.runs[index]!, body);
  };
  if (data.runs.length > 1)
    place.append(
      choiceRow(
        'run',
        data.runs.map((run) => ({ text: run.name })),
        0,
        choose,
      ),
    );
  place.append(body);
  choose(0);
}

function fillPlayer(): void {
  const player = createTrialPlayer(data);
  const place = byId('player');
  perRun(place, (run, body) => {
    if (run.trajectories.length === 0) return;
    const first = favourite(run.trajectories);
    body.append(choiceRow('trial', run.trajectories.map(trialOption), first, (index) => player.show(run.trajectories[index]!)));
    player.show(run.trajectories[first]!);
  });
  place.append(player.root);
}

function fillPredictions(): void {
  const place = byId('predictions');
  const calibration = byId('calibration');
  perRun(place, (run, body) => {
    const judged = run.trajectories.filter((trajectory) => trajectory.evaluation && trajectory.evaluation.predictions.length > 0);
    if (judged.length === 0) return;
    const charts = document.createElement('div');
    charts.className = 'multiples';
    const show = (index: number): void => {
      charts.replaceChildren(...predictionCharts(data, judged[index]!));
      calibration.replaceChildren(...calibrationChart(judged, judged[index]!));
    };
    const first = favourite(judged);
    body.append(choiceRow('trial', judged.map(trialOption), first, show), charts, predictionLegend());
    show(first);
  });
}

byId('learning').append(...learningSection(data));
if (document.getElementById('player')) fillPlayer();
if (document.getElementById('predictions')) fillPredictions();
if (document.getElementById('loss')) perRun(byId('loss'), (run, body) => body.append(...lossChart(run)));
byId('plan-time').append(planTimeChart(data));
byId('fit-time').append(fitTimeChart(data));
document.documentElement.dataset['ready'] = 'true';
