/* Building elements, and rebuilding a part only when what it shows has changed. */

type Child = Node | string | null | undefined | false;

export interface Props {
  class?: string;
  /** Custom properties and lengths; set through the object model because our policy forbids style attributes. */
  style?: Record<string, string>;
  data?: Record<string, string>;
  onclick?: (event: MouseEvent) => void;
  [attribute: string]: unknown;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = String(value);
    else if (name === "style")
      for (const [property, text] of Object.entries(value as Record<string, string>))
        element.style.setProperty(property, text);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "onclick") element.addEventListener("click", value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element: Element, children: Child[]): void {
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the page's sprite; decoration only, the word stands beside it. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ico");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const shown = new WeakMap<Element, string>();

/** Replaces the children when `key` differs from last time. Keeps the focus on the element with the same data-key. */
export function redraw(element: Element, key: unknown, build: () => Child[]): void {
  const text = JSON.stringify(key);
  if (shown.get(element) === text) return;
  shown.set(element, text);
  const focused = document.activeElement;
  const focusKey = focused instanceof HTMLElement && element.contains(focused) ? focused.dataset.key : undefined;
  element.replaceChildren();
  append(element, build());
  if (focusKey !== undefined) element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focusKey)}"]`)?.focus();
}

/** Sets text only when it differs, so that live regions speak only when something is new. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** The element of that id, which the server's template must contain. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}
