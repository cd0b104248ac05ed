/* The one large button: raise the hand, lower it, or "I am done"; and the topic of a raised hand. */

import { byId, h, icon, redraw, setAttribute } from "../dom/h.ts";
import { sayFailure } from "../dom/toast.ts";
import type { HandAct } from "../live/acts.ts";
import type { Live } from "../live/state.ts";
import type { Voice } from "../live/voice.ts";
import { type Context, w } from "./context.ts";

export class HandButton {
  readonly #context: Context;
  readonly #button = byId<HTMLButtonElement>("hand");
  readonly #topic = byId<HTMLFormElement>("topic");
  readonly #onDone: () => void;
  #mode: "raise" | "raised" | "speaking" = "raise";
  #busy = false;
  /** The topic is asked for as soon as the hand is seen to be up. */
  #asks = false;

  /** `onDone` closes the microphone before the server has answered. */
  constructor(context: Context, onDone: () => void) {
    this.#context = context;
    this.#onDone = onDone;
    this.#button.addEventListener("click", () => void this.press());
    addEventListener("keydown", (event) => this.#key(event));
    this.#buildTopic();
  }

  update(live: Live, voice: Voice): void {
    const place = live.hands.findIndex((hand) => hand.site === this.#context.me) + 1;
    this.#mode = voice.kind !== "closed" ? "speaking" : place > 0 ? "raised" : "raise";
    if (this.#mode !== "raised") this.#topic.hidden = true;
    else if (this.#asks) this.#openTopic();
    setAttribute(this.#button, "aria-pressed", this.#mode === "speaking" ? null : String(this.#mode === "raised"));
    redraw(this.#button, [this.#mode, place], () => this.#label(place));
  }

  async press(): Promise<void> {
    if (this.#busy) return;
    const mode = this.#mode;
    if (mode === "speaking") this.#onDone();
    const body: HandAct =
      mode === "speaking" ? { act: "done" } : mode === "raised" ? { act: "lower" } : { act: "raise", topic: "" };
    const sent = await this.#send(body);
    // The answer may come before or after the object in which the hand is up.
    this.#asks = sent && mode === "raise";
    if (this.#asks && this.#mode === "raised") this.#openTopic();
  }

  async #send(body: HandAct): Promise<boolean> {
    this.#busy = true;
    this.#button.setAttribute("aria-busy", "true");
    try {
      await this.#context.page.server.act("hand", body);
      return true;
    } catch (error) {
      sayFailure(error);
      return false;
    } finally {
      this.#busy = false;
      this.#button.removeAttribute("aria-busy");
    }
  }

  #label(place: number): Node[] {
    if (this.#mode === "speaking") return [icon("check"), h("span", {}, w.done, h("small", {}, w.micCloses))];
    if (this.#mode === "raised") return [icon("hand"), h("span", {}, w.handUp(place), h("small", {}, w.pressToLower))];
    return [icon("hand"), h("span", {}, w.raiseHand, h("small", { class: "key" }, w.orSpace))];
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== " " || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("button, input, select, textarea, a, dialog")) return;
    if (this.#button.offsetParent === null || document.querySelector("dialog[open], .overlay:not([hidden])")) return;
    event.preventDefault();
    void this.press();
  }

  #openTopic(): void {
    this.#asks = false;
    this.#topic.hidden = false;
    this.#topic.querySelector("input")?.focus({ preventScroll: true });
  }

  #buildTopic(): void {
    const input = h("input", { type: "text", maxlength: "60", id: "topic-text", autocomplete: "off" });
    const close = (): void => {
      this.#topic.hidden = true;
      input.value = "";
      this.#button.focus({ preventScroll: true });
    };
    this.#topic.append(
      h("label", { for: "topic-text" }, h("b", {}, w.topicTitle), h("small", {}, w.topicLabel)),
      input,
      h(
        "div",
        { class: "topic-acts" },
        h("button", { class: "btn btn-main", type: "submit" }, w.topicSend),
        h("button", { class: "btn", type: "button", onclick: close }, w.topicSkip),
      ),
    );
    this.#topic.addEventListener("submit", (event) => {
      event.preventDefault();
      const topic = input.value.trim();
      if (topic === "") return close();
      void this.#send({ act: "raise", topic }).then((sent) => {
        if (sent) close();
      });
    });
    this.#topic.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }
}
