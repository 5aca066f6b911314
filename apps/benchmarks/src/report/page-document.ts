/** The frame of a page that lies in one file: everything is inside it, and it may ask for nothing from anywhere. */
import { type Html, html, scriptJson, trusted } from './html.js';

/** What stands on a page. */
export interface PageParts {
  readonly title: string;
  /** Style sheet and script of our own, taken as they are. */
  readonly style: string;
  readonly script: string;
  readonly body: Html;
  /** What the script reads from the element `page-data`. */
  readonly data: unknown;
}

/** Renders the page as the text of an HTML file. */
export function pageDocument({ title, style, script, body, data }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
        />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        ${body}
        <script type="application/json" id="page-data">
          ${scriptJson(data)}
        </script>
        <script>
          ${trusted(script)};
        </script>
      </body>
    </html> `;
  return page.markup;
}
