export { writeFileAtomic } from './atomic-file.js';
export { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
