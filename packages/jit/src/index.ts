export { tf } from './tensorflow.js';
export type { Engine, EngineName, Executable } from './engine.js';
export {
  configureEngine,
  currentEngine,
  describeEngines,
  ENGINE_NAMES,
  type EngineChoice,
  type EngineDescription,
} from './engine-registry.js';
export { type CompileInfo, type Compiled, type HostTree, jit, type JitOptions } from './jit.js';
export { grad, type Gradients, jacobian, valueAndGrad, valueAndGradWithAux, type ValueWithAux } from './transform.js';
export { type ExportOptions, exportOnnx, type OnnxExport } from './export-onnx.js';
export { silu } from './silu.js';
export { adam, adamw, type AdamOptions } from './optimizers/adam.js';
export { clipByGlobalNorm, clipByValue } from './optimizers/clipping.js';
export {
  applyUpdates,
  type ArrayTree,
  chain,
  mapTogether,
  type Optimizer,
  type OptimizerStep,
  type TensorTree,
} from './optimizers/optimizer.js';
export { sgd, type SgdOptions } from './optimizers/sgd.js';
export { addDecayedWeights, type DecayRule } from './optimizers/weight-decay.js';
