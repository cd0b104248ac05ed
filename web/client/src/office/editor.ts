/* The editor of an item: what is pasted keeps its lists and links, and a text that is too long is not sent but kept. */
import { markup, unstyled } from "./pasted.ts";

/** What the page says of a text that is longer than may be kept; undefined while it is short enough. */
export function tooLong(form: HTMLFormElement): string | undefined {
  const said = form.dataset["tooLong"];
  for (const area of form.querySelectorAll<HTMLTextAreaElement>("textarea[data-longest]")) {
    const most = Number(area.dataset["longest"]);
    const length = counted(area.value);
    if (said !== undefined && length > most) return filled(said, length, most);
  }
  return undefined;
}

/** Characters as the server counts them, nearly: what it drops is not counted. */
export function counted(text: string): number {
  return text
    .replace(/[ \t\u00a0\u3000]+/g, " ")
    .replace(/\r\n/g, "\n")
    .trim().length;
}

function filled(text: string, length: number, most: number): string {
  return text.replace("{length}", String(length)).replace("{most}", String(most));
}

export function editing(root: Document): void {
  for (const area of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-paste]")) {
    area.addEventListener("paste", (event) => pasting(area, event));
    const place = root.querySelector<HTMLElement>("[data-length]");
    const show = (): void => {
      const length = counted(area.value);
      if (place)
        place.textContent = filled(place.dataset["lengthWords"] ?? "", length, Number(area.dataset["longest"]));
    };
    area.addEventListener("input", show);
    show();
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-too-long]")) {
    const kept = (event: Event): void => {
      const said = tooLong(form);
      if (said === undefined) return;
      event.preventDefault();
      const place = form.querySelector("[data-saved]");
      if (place) place.textContent = said;
    };
    form.addEventListener("submit", kept);
    root.addEventListener("htmx:configRequest", (event) => {
      if (tooLong(form) !== undefined) event.preventDefault(); // nothing as large as that is previewed
    });
  }
}

function pasting(area: HTMLTextAreaElement, event: ClipboardEvent): void {
  const html = event.clipboardData?.getData("text/html") ?? "";
  if (html === "") return;
  const text = markup(new DOMParser().parseFromString(unstyled(html), "text/html").body);
  if (text === "") return;
  event.preventDefault();
  const { selectionStart, selectionEnd, value } = area;
  const begins = selectionStart === 0 || value[selectionStart - 1] === "\n" || !text.includes("\n") ? "" : "\n";
  // As if it were typed, so that it can be undone; where browsers no longer know that, it is simply put there.
  if (root(area).execCommand("insertText", false, begins + text)) return;
  area.setRangeText(begins + text, selectionStart, selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function root(area: HTMLTextAreaElement): Document {
  return area.ownerDocument;
}
