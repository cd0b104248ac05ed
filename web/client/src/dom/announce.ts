/* Says a sentence to screen readers once, however often the picture of it is drawn again. */

import { h, setText } from "./h.ts";

let box: HTMLElement | null = null;

export function announce(sentence: string): void {
  if (box === null) {
    box = h("p", { class: "sr", role: "alert" });
    document.body.append(box);
  }
  setText(box, sentence);
}
