/* A sentence that is said once and goes away: refusals and acts that did not arrive. */

import { Refused } from "../live/acts.ts";
import { words } from "../words/index.ts";
import { h } from "./h.ts";

const SHOWN_MS = 7000;
let box: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(sentence: string): void {
  if (box === null) {
    box = h("div", { class: "toast", role: "alert" });
    document.body.append(box);
  }
  box.textContent = sentence;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (box !== null) box.hidden = true;
  }, SHOWN_MS);
}

/** Words for an act that failed. */
export function sayFailure(error: unknown): void {
  say(error instanceof Refused && error.message !== "" ? error.message : words.notSent);
}
