import base from '../../tooling/vitest.config.js';

// Without 'import': as a condition of its own it makes Node's require() load modules, which TensorFlow.js does not expect.
const conditions = ['@mbrl/source', 'node', 'module'];
export default { ...base, resolve: { conditions }, ssr: { resolve: { conditions } } };
