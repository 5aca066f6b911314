/**
 * What a module asks for: the specifiers of its imports, re-exports, dynamic imports and import types.
 */
import { parseSync } from 'oxc-parser';

/**
 * @typedef {object} Specifier
 * @property {string} value what stands between the quotes
 * @property {number} line counted from 1
 * @property {boolean} dynamic whether it is an `import()` expression, loaded only when it is reached
 * @property {boolean} everything whether it is an `export * from`
 */

/**
 * Lists the specifiers of a module in the order in which they stand.
 *
 * @param {string} file its name, whose extension decides the language
 * @param {string} source
 * @returns {Specifier[]}
 * @throws {Error} when the source cannot be parsed
 */
export function listSpecifiers(file, source) {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const found = [];
  const add = (node, start, rest) => {
    const line = source.slice(0, start).split('\n').length;
    found.push({ value: node.value, line, dynamic: false, everything: false, ...rest });
  };
  visit(program, (node) => {
    if (node.type === 'ImportDeclaration' || (node.type === 'ExportNamedDeclaration' && node.source)) add(node.source, node.start, {});
    else if (node.type === 'ExportAllDeclaration') add(node.source, node.start, { everything: node.exported === null });
    else if (node.type === 'ImportExpression' && node.source.type === 'Literal') add(node.source, node.start, { dynamic: true });
    else if (node.type === 'TSImportType') add(node.source ?? node.argument, node.start, {});
  });
  return found;
}

function visit(node, callback) {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, callback);
  } else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') callback(node);
    for (const child of Object.values(node)) visit(child, callback);
  }
}
