import { expect, it } from 'vitest';
import { firstTypeScriptBlock } from '../readme-example.js';

it('finds the first block of TypeScript, after blocks of other languages', () => {
  expect(firstTypeScriptBlock('# T\n```sh\nnpm i\n```\n\n```ts\nconst a = `x`;\n```\n```ts\nlater\n```\n')).toBe('const a = `x`;\n');
});

it('finds a block whose fence carries a title', () => {
  expect(firstTypeScriptBlock('```typescript title="a.ts"\na;\n```\n')).toBe('a;\n');
});

it('finds none in a README without one', () => {
  expect(firstTypeScriptBlock('```js\na;\n```\n')).toBeNull();
});
