/** TensorFlow.js' native backend for Node, where it is installed. */

/** Loads it, which also registers its backend. @throws Error when it is not installed or its library does not load. */
export async function loadNativeTensorflow(): Promise<{ readonly version: string }> {
  // By a name that the compiler does not follow: the package is optional, and so are its types.
  const specifier = '@tensorflow/tfjs-node';
  const module = (await import(specifier)) as { version?: { 'tfjs-node'?: string }; default?: { version?: { 'tfjs-node'?: string } } };
  const version = module.version ?? module.default?.version;
  return { version: version?.['tfjs-node'] ?? 'unknown' };
}
