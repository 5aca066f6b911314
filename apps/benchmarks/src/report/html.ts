/** HTML from texts that nobody vouches for. */

/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string;
}

const escapes: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes a text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** Takes markup of our own as it is. Never give it what came from a file. */
export function trusted(markup: string): Html {
  return { markup };
}

/** What may stand in a template: texts and numbers are escaped, `Html` is taken as it is, lists are joined. */
export type HtmlPart = string | number | Html | readonly HtmlPart[] | undefined | false;

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'markup' in part ? part.markup : part.map(render).join('');
}

/** A template whose parts are escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return trusted(strings.reduce((out, text, index) => out + render(parts[index - 1]) + text));
}

/** JSON to stand inside a script element: nothing in it can end the element. */
export function scriptJson(value: unknown): Html {
  return trusted(
    JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
