/* Fills the words of the server's markup: data-word for an element's text, data-label for its accessible name. */

export function translate(root: ParentNode, catalogue: object): void {
  const lookup = (name: string | undefined): string => {
    const value: unknown = name === undefined ? undefined : (catalogue as Record<string, unknown>)[name];
    if (typeof value !== "string") throw new Error(`no words for ${name ?? "nothing"}`);
    return value;
  };
  for (const element of root.querySelectorAll<HTMLElement>("[data-word]"))
    element.textContent = lookup(element.dataset.word);
  for (const element of root.querySelectorAll<HTMLElement>("[data-label]"))
    element.setAttribute("aria-label", lookup(element.dataset.label));
}
