export { createPets, type PetsAgent, type PetsOptions } from './pets.js';
export { type EpisodeOptions, type EpisodeResult, runEpisode } from './run-episode.js';
