/** The `mbrl` command with toy presets, for tests that run it as a process. */
import { start } from '../src/cli/start.js';
import { toyPreset } from './toy-preset.js';

await start({
  presets: [
    toyPreset(),
    toyPreset({ name: 'toy-short', description: 'a toy that is over soon', settings: { trials: 3, stepsPerTrial: 40, initialSteps: 60, checkpointEverySteps: 5 } }),
    toyPreset({
      name: 'toy-</script><img src=x onerror=alert(1)>',
      description: '"quoted" & <b>bold</b> </script><img src=x onerror=alert(2)>',
      labels: ['</script><img src=x onerror=alert(3)>', '<i>sin</i>', "'cos'", '"v"', '&amp;'],
      settings: { trials: 2, stepsPerTrial: 40, initialSteps: 40 },
    }),
  ],
});
