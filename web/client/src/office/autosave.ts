/* Drafts that save themselves. A form marked data-autosave is sent a moment after the last key, and again until the
   server has taken it; its own button works the same without this file. A form marked data-after-autosave waits until
   nothing is unsaved, so that what is published is what stands on the page. */

import { tooLong } from "./editor.ts";

const PAUSE = 1200;
const AGAIN = 8000;

interface Answer {
  revision: number;
  saved: string;
  notes: Record<string, string>;
}

interface Words {
  saving: string;
  failed: string;
}

/** One form: what it last sent, and what it still has to send. */
export class Draft {
  readonly #form: HTMLFormElement;
  readonly #words: Words;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<boolean> | undefined;
  unsaved = false;

  constructor(form: HTMLFormElement, words: Words) {
    this.#form = form;
    this.#words = words;
  }

  touched(): void {
    this.unsaved = true;
    this.#later(PAUSE);
  }

  /** Send what is unsaved; whether everything is kept afterwards. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (!this.unsaved) return true;
    this.#sending = this.#send();
    const kept = await this.#sending;
    return kept && !this.unsaved;
  }

  #later(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pause);
  }

  async #send(): Promise<boolean> {
    const long = tooLong(this.#form);
    if (long !== undefined) return this.#failed(long, false);
    this.unsaved = false;
    this.#say(this.#words.saving);
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) if (typeof value === "string") body.append(name, value);
    let response: Response;
    try {
      response = await fetch(this.#form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    } catch {
      return this.#failed(this.#words.failed, true);
    }
    const found: unknown = await response.json().catch(() => null);
    if (!response.ok) return this.#failed(message(found) ?? this.#words.failed, response.status >= 500);
    this.#kept(found as Answer);
    return true;
  }

  #failed(text: string, again: boolean): boolean {
    this.unsaved = true;
    this.#say(text);
    if (again) this.#later(AGAIN);
    return false;
  }

  #kept(answer: Answer): void {
    const revision = this.#form.querySelector<HTMLInputElement>('input[name="revision"]');
    if (revision) revision.value = String(answer.revision);
    for (const note of this.#form.querySelectorAll<HTMLElement>("[data-note]")) {
      const name = note.dataset["note"] ?? "";
      note.textContent = answer.notes[`${name}-owners`] ?? answer.notes[`${name}-text`] ?? "";
    }
    this.#say(answer.saved);
  }

  #say(text: string): void {
    const place = this.#form.querySelector("[data-saved]");
    if (place) place.textContent = text;
  }
}

function message(found: unknown): string | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const { fields, message: text } = found as { fields?: Record<string, string>; message?: string };
  return Object.values(fields ?? {})[0] ?? text;
}

export function autosaving(root: Document): void {
  const place = root.querySelector<HTMLElement>("[data-autosave-words]");
  if (place === null) return;
  const words = JSON.parse(place.dataset["autosaveWords"] ?? "{}") as Words;
  const drafts: Draft[] = [];
  const held: Draft[] = [];
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-autosave]")) {
    const draft = new Draft(form, words);
    drafts.push(draft);
    if ("hold" in form.dataset)
      draft.unsaved = true; // somebody else's words are at stake: only the button saves
    else form.addEventListener("input", () => draft.touched());
    form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) draft.unsaved = false; // the browser sends it itself
    });
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-after-autosave]"))
    form.addEventListener("submit", (event) => {
      if (!drafts.some((draft) => draft.unsaved)) return;
      event.preventDefault();
      void Promise.all(drafts.map((draft) => draft.flush())).then((kept) => {
        if (kept.every(Boolean)) form.requestSubmit();
        else root.querySelector<HTMLElement>("[data-saved]")?.scrollIntoView({ block: "center" });
      });
    });
  addEventListener("beforeunload", (event) => {
    if ([...drafts, ...held].some((draft) => draft.unsaved)) event.preventDefault();
  });
}
