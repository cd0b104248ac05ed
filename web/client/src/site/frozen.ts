/* The server is gone: the last picture stays, and the page says what it is doing about it. */

import { announce } from "../dom/announce.ts";
import { byId, h, icon, redraw } from "../dom/h.ts";
import type { Connection, Link } from "../live/connection.ts";
import { duration } from "../view/time.ts";
import { type Context, w } from "./context.ts";

const PATIENCE_MS = 1500;

export class Frozen {
  readonly #context: Context;
  readonly #connection: Connection;
  readonly #box = byId("frozen");
  readonly #text = byId("frozen-text");
  readonly #canvas = byId<HTMLCanvasElement>("last-frame");
  #was: Link["kind"] = "stopped";

  constructor(context: Context, connection: Connection) {
    this.#context = context;
    this.#connection = connection;
  }

  /** At the moment the link changes: the elements still hold the last frame. */
  remember(link: Link, source: HTMLVideoElement): void {
    const lost = this.#was === "connected" && link.kind !== "connected";
    this.#was = link.kind;
    if (!lost || source.videoWidth === 0) return;
    this.#canvas.width = source.videoWidth;
    this.#canvas.height = source.videoHeight;
    this.#canvas.getContext("2d")?.drawImage(source, 0, 0);
  }

  update(visible: boolean): void {
    const { link } = this.#connection;
    const shown = visible && this.#isBad(link);
    if (this.#box.hidden === shown) this.#box.hidden = !shown;
    if (!shown) return;
    if (link.kind === "refused") {
      const left = Math.max(0, Math.ceil((link.nextAt - Date.now()) / 1000));
      this.#draw({ title: w.refusedTitle, time: "", detail: link.message, promise: w.serverRefused(left) }, true);
      return;
    }
    const lostAt = link.kind === "joining" || link.kind === "resuming" ? link.lostAt : null;
    if (lostAt === null) {
      this.#draw({ title: w.connecting, time: "", detail: "", promise: "" }, false);
      return;
    }
    const time = duration(Date.now() - lostAt);
    this.#draw({ title: w.networkLost, time, detail: attempt(link), promise: w.seatKept }, false);
  }

  #isBad(link: Link): boolean {
    if (link.kind === "refused") return true;
    if (link.kind === "joining") return link.lostAt === null || Date.now() - link.lostAt > PATIENCE_MS;
    return link.kind === "resuming" && !link.media && Date.now() - link.lostAt > PATIENCE_MS;
  }

  /** `refused`: the server answers, but says no; signing in anew may be what is missing, and a new page asks for it. */
  #draw(text: Text, refused: boolean): void {
    const phone = this.#context.page.store.live.main.phone;
    announce(text.title);
    redraw(this.#text, [text, phone, refused], () => [
      h("h2", {}, text.title),
      text.time !== "" && h("p", { class: "big", "aria-hidden": "true" }, text.time),
      (text.detail !== "" || text.promise !== "") && h("p", {}, h("b", {}, text.detail), " ", text.promise),
      (text.time !== "" || refused) && h("p", {}, w.afterMinute(phone)),
      text.time !== "" && this.#button(w.retryNow, () => this.#connection.retryNow()),
      refused && this.#button(w.reload, () => location.reload()),
    ]);
  }

  #button(word: string, act: () => void): HTMLElement {
    const props = { class: "btn btn-main", type: "button", data: { key: "retry" }, onclick: act };
    return h("button", props, icon("retry"), word);
  }
}

interface Text {
  title: string;
  /** How long it has been gone; empty while it never was there. */
  time: string;
  detail: string;
  promise: string;
}

function attempt(link: Link): string {
  if (link.kind !== "joining") return "";
  if (link.nextAt === null) return w.attemptNow(link.attempt);
  return w.attemptIn(link.attempt, Math.max(0, Math.ceil((link.nextAt - Date.now()) / 1000)));
}
