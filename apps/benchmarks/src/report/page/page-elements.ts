/** Makes and finds elements. Text goes in as text only, never as HTML. */

/** Makes an element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: { readonly [name: string]: string } = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element with this id. @throws Error when the page has none. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/** A number as the page shows it. */
export function showNumber(value: number): string {
  const size = Math.abs(value);
  const text =
    size >= 1000 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
  return text.replace('-', '−');
}

/**
 * A row of buttons of which one is chosen; a group of radio buttons to assistive software.
 * @param onChoose called with the index chosen
 */
export function choiceRow(
  label: string,
  options: readonly { readonly text: string; readonly mark?: string }[],
  chosen: number,
  onChoose: (index: number) => void,
): HTMLElement {
  const row = element('div', { class: 'choices', role: 'radiogroup', 'aria-label': label });
  const buttons = options.map(({ text, mark }, index) => {
    const button = element('button', { type: 'button', role: 'radio', ...(mark ? { class: mark } : {}) }, [text]);
    button.addEventListener('click', () => choose(index));
    return button;
  });
  const show = (index: number): void =>
    buttons.forEach((button, at) => {
      button.setAttribute('aria-checked', String(at === index));
      button.tabIndex = at === index ? 0 : -1;
    });
  const choose = (index: number): void => {
    show(index);
    onChoose(index);
  };
  row.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = (at + by + buttons.length) % buttons.length;
    buttons[next]!.focus();
    choose(next);
  });
  row.append(...buttons);
  show(chosen);
  return row;
}
