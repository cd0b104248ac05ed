/* Full-page sentences: what happened, what we are doing about it, what you can do. Main action first, the main venue's
   telephone always there. */

import { announce } from "../dom/announce.ts";
import { h, icon, redraw } from "../dom/h.ts";
import type { Connection } from "../live/connection.ts";
import type { Live } from "../live/state.ts";
import type { Figure } from "../view/summary.ts";
import { clock, day } from "../view/time.ts";
import { Afterwards } from "./afterwards.ts";
import { type Context, myName, w } from "./context.ts";
import type { Scene } from "./scene.ts";

export interface CardActions {
  withoutCamera(): void;
  withoutMicrophone(): void;
  useHere(): void;
}

interface Card {
  icon: string;
  tone: "" | "amber" | "red";
  title: string;
  lines: string[];
  address?: string;
  figures?: Figure[];
  actions: [string, () => void][];
}

export class Cards {
  readonly #context: Context;
  readonly #actions: CardActions;
  readonly #afterwards: Afterwards;

  constructor(context: Context, actions: CardActions) {
    this.#context = context;
    this.#actions = actions;
    this.#afterwards = new Afterwards(context);
  }

  /** Draws the card of a scene into `host`; false when the scene has none. */
  draw(host: HTMLElement, scene: Scene, live: Live, connection: Connection): boolean {
    const card = this.#card(scene, live, connection);
    if (card === null) return false;
    const key = [scene, card.title, card.lines, card.figures, card.actions.map(([word]) => word), live.main.phone];
    announce(card.title);
    redraw(host, key, () => [this.#build(card, live.main.phone)]);
    return true;
  }

  #build(card: Card, phone: string): HTMLElement {
    const buttons = card.actions.map(([word, act], index) =>
      h(
        "button",
        { class: index === 0 ? "btn btn-main" : "btn", type: "button", data: { key: `act-${index}` }, onclick: act },
        word,
      ),
    );
    return h(
      "div",
      { class: "card" },
      h(
        "div",
        { class: "row mid" },
        h("span", { class: `mark${card.tone === "" ? "" : ` mark-${card.tone}`}` }, icon(card.icon)),
        h(
          "div",
          { class: "card-text" },
          h("h2", {}, card.title),
          ...card.lines.slice(0, 1).map((line) => h("p", {}, line)),
          card.figures !== undefined && card.figures.length > 0 && figureList(card.figures),
          ...card.lines.slice(1).map((line) => h("p", {}, line)),
          card.address !== undefined &&
            h("div", { class: "addr", "aria-hidden": "true" }, icon(card.address), w.siteAddress),
        ),
      ),
      h("div", { class: "foot" }, ...buttons, h("p", {}, w.needHelp(phone))),
    );
  }

  #card(scene: Scene, live: Live, connection: Connection): Card | null {
    const { devices } = this.#context;
    const again = (): void => void devices.open();
    const retryIn = Math.max(0, Math.ceil(((devices.retryAt ?? Date.now()) - Date.now()) / 1000));
    switch (scene) {
      case "camera-blocked":
        return {
          icon: "camoff",
          tone: "red",
          title: w.cameraBlocked,
          lines: [w.allowCamera],
          address: "cam",
          actions: [
            [w.tryAgain, again],
            [w.soundOnlyEnter, this.#actions.withoutCamera],
          ],
        };
      case "camera-in-use": {
        const lines = [w.inUseBody(retryIn), ...(connection.link.kind === "connected" ? [w.soundConnected] : [])];
        return {
          icon: "cam",
          tone: "amber",
          title: w.cameraInUse,
          lines,
          actions: [
            [w.tryNow, again],
            [w.soundOnly, this.#actions.withoutCamera],
          ],
        };
      }
      case "camera-missing":
        return {
          icon: "camoff",
          tone: "amber",
          title: w.cameraMissing,
          lines: [w.missingBody],
          actions: [
            [w.tryAgain, again],
            [w.soundOnlyEnter, this.#actions.withoutCamera],
          ],
        };
      case "microphone-blocked":
        return {
          icon: "micoff",
          tone: "red",
          title: w.micBlocked,
          lines: [w.micBlockedBody],
          address: "mic",
          actions: [
            [w.tryAgain, again],
            [w.enterWithoutMic, this.#actions.withoutMicrophone],
          ],
        };
      case "microphone-in-use":
        return {
          icon: "micoff",
          tone: "amber",
          title: w.micInUse,
          lines: [w.micInUseBody(retryIn)],
          actions: [
            [w.tryNow, again],
            [w.enterWithoutMic, this.#actions.withoutMicrophone],
          ],
        };
      case "microphone-missing":
        return {
          icon: "micoff",
          tone: "amber",
          title: w.micMissing,
          lines: [w.micMissingBody],
          actions: [
            [w.tryAgain, again],
            [w.enterWithoutMic, this.#actions.withoutMicrophone],
          ],
        };
      case "insecure":
        return {
          icon: "camoff",
          tone: "red",
          title: w.insecureTitle,
          lines: [w.insecureBody],
          actions: [[w.reload, () => location.reload()]],
        };
      case "replaced": {
        const joined = Date.parse(live.sites[this.#context.me]?.joined_at ?? "");
        const lately = connection.link.kind === "replaced" ? Date.now() - connection.link.at : null;
        const at = lately === null ? joined : this.#context.page.store.clock.now() - lately;
        return {
          icon: "window",
          tone: "",
          title: w.replacedTitle,
          lines: [
            w.replacedBody,
            ...(Number.isNaN(at) ? [] : [w.replacedAt(clock(at))]),
            this.#context.unattended === null ? w.closeHint : w.takesOver,
          ],
          actions: [[w.useHere, this.#actions.useHere]],
        };
      }
      case "removed":
        return {
          icon: "end",
          tone: "amber",
          title: w.removedTitle,
          lines: [w.removedBody(live.main.phone), ...(this.#context.unattended === null ? [] : [w.rejoinsItself])],
          actions: [[w.rejoin, this.#actions.useHere]],
        };
      case "ended":
        return {
          icon: "check",
          tone: "",
          title: w.endedThanks,
          figures: this.#afterwards.figures(),
          lines: [w.noForm, this.#afterwards.sentence(live), ...this.#onward()],
          actions: this.#leave(true),
        };
      case "postponed":
        return {
          icon: "clock",
          tone: "amber",
          title: w.postponedTitle,
          lines: [
            w.postponedTo(moment(live.starts_at)),
            ...(live.reason === "" ? [] : [w.because(live.reason)]),
            ...(this.#context.unattended === null ? [w.postponedWait] : this.#onward()),
          ],
          actions: this.#leave(),
        };
      case "cancelled":
        return {
          icon: "end",
          tone: "amber",
          title: w.cancelledTitle,
          lines: [
            `${myName(this.#context)} · ${live.title}`,
            ...(live.reason === "" ? [] : [w.because(live.reason)]),
            ...(this.#context.unattended === null ? [w.cancelledBody] : this.#onward()),
          ],
          actions: this.#leave(),
        };
      case "check":
      case "waiting":
      case "meeting":
        return null;
    }
  }

  /** What an unattended room does next, by itself. */
  #onward(): string[] {
    return this.#context.unattended === null ? [] : [w.backByItself];
  }

  /** `held`: there is a sheet of this meeting. */
  #leave(held = false): [string, () => void][] {
    const { unattended } = this.#context;
    if (unattended !== null) return [[w.backToWaiting, () => unattended.leave()]];
    const { base } = this.#context.page.server;
    return [
      [w.backToToday, () => location.assign("/")],
      [w.meetingPage, () => location.assign(base)],
      ...(held ? [[w.recordWrong, () => location.assign(`${base}/attendance#propose`)] as [string, () => void]] : []),
    ];
  }
}

function figureList(figures: Figure[]): HTMLElement {
  return h(
    "dl",
    { class: "figures" },
    ...figures.map(({ name, value, unit }) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value, " ", h("small", {}, unit))),
    ),
  );
}

/** 11月26日（周四） 14:00 */
export function moment(at: string): string {
  const date = day(at);
  return `${w.date(date.year, date.month, date.day, date.weekday)} ${clock(at)}`;
}
