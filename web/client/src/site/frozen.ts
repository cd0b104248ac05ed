/* The server is gone: the last picture stays, and the page says what it is doing about it. */

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
      this.#draw([w.refusedTitle, "", link.message, w.serverRefused(left)]);
      return;
    }
    const lostAt = link.kind === "joining" || link.kind === "resuming" ? link.lostAt : null;
    if (lostAt === null) {
      this.#draw([w.connecting, "", "", ""]);
      return;
    }
    this.#draw([w.networkLost, duration(Date.now() - lostAt), attempt(link), w.seatKept]);
  }

  #isBad(link: Link): boolean {
    if (link.kind === "refused") return true;
    if (link.kind === "joining") return link.lostAt === null || Date.now() - link.lostAt > PATIENCE_MS;
    return link.kind === "resuming" && !link.media && Date.now() - link.lostAt > PATIENCE_MS;
  }

  #draw([title, time, detail, promise]: [string, string, string, string]): void {
    const phone = this.#context.page.store.live.main.phone;
    redraw(this.#text, [title, time, detail, promise, phone], () => [
      h("h2", {}, title),
      time !== "" && h("p", { class: "big", "aria-hidden": "true" }, time),
      (detail !== "" || promise !== "") && h("p", {}, h("b", {}, detail), " ", promise),
      time !== "" && h("p", {}, w.afterMinute(phone)),
      time !== "" &&
        h(
          "button",
          { class: "btn btn-main", type: "button", data: { key: "retry" }, onclick: () => this.#connection.retryNow() },
          icon("retry"),
          w.retryNow,
        ),
    ]);
  }
}

function attempt(link: Link): string {
  if (link.kind !== "joining") return "";
  if (link.nextAt === null) return w.attemptNow(link.attempt);
  return w.attemptIn(link.attempt, Math.max(0, Math.ceil((link.nextAt - Date.now()) / 1000)));
}
