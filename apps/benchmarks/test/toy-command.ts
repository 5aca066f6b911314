/** The `mbrl` command with toy presets, for tests that run it as a process. */
import { start } from '../src/cli/start.js';
import { toyPresets } from './toy-presets.js';

await start({ presets: toyPresets });
