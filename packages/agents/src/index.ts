export { createPets, type PetsAgent, type PetsOptions } from './pets.js';
