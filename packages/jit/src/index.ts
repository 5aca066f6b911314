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
export { type CompileInfo, type Compiled, jit, type JitOptions } from './jit.js';
export { grad, jacobian, valueAndGrad, valueAndGradWithAux, type ValueWithAux } from './transform.js';
export { exportOnnx, type OnnxExport } from './export-onnx.js';
