/* Browsers may hold sound back until the first click. One sentence, one button, and any click will do. */

import type { Room } from "livekit-client";
import { h } from "../dom/h.ts";
import { w } from "./context.ts";

export class Autoplay {
  #room: Room | null = null;
  #box: HTMLElement | null = null;

  constructor() {
    const wake = (): void => {
      if (this.#box !== null) void this.#room?.startAudio().catch(() => undefined);
    };
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
  }

  update(room: Room | null): void {
    this.#room = room;
    const blocked = room !== null && !room.canPlaybackAudio;
    if (!blocked) {
      this.#box?.remove();
      this.#box = null;
      return;
    }
    if (this.#box !== null) return;
    const start = (): void => void room.startAudio().catch(() => undefined);
    this.#box = h(
      "div",
      { class: "overlay", role: "alertdialog", "aria-labelledby": "autoplay" },
      h(
        "div",
        { class: "card" },
        h("h2", { id: "autoplay" }, w.autoplayTitle),
        h("p", {}, w.autoplayBody),
        h(
          "div",
          { class: "foot" },
          h("button", { class: "btn btn-main", type: "button", onclick: start }, w.autoplayButton),
        ),
      ),
    );
    document.body.append(this.#box);
    this.#box.querySelector("button")?.focus();
  }
}
