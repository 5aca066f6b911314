import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, html, scriptJson, trusted } from './html.js';

test('no text can open a tag, end an attribute or a script', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'script', '!--', 'a', '\u2028') }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      const json = scriptJson({ [text]: [text] }).markup;
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
    }),
  );
});

test('a template escapes texts and numbers, joins lists, leaves out what is not there, and takes markup as it is', () => {
  expect(html`<p class="${'"x"'}">${'<b>'}${3}${undefined}${false}${['&', trusted('<i></i>')]}</p>`.markup).toBe(
    '<p class="&quot;x&quot;">&lt;b&gt;3&amp;<i></i></p>',
  );
});
