/* The wall: 33 named seats for a screen across the room, in a window of its own. */

import type { Room } from "livekit-client";
import { guarded } from "./dom/boundary.ts";
import { byId, h, icon, redraw, setAttribute, setText } from "./dom/h.ts";
import { readPage } from "./dom/page.ts";
import { tick } from "./dom/ticker.ts";
import { translate } from "./dom/translate.ts";
import { Connection, type Link } from "./live/connection.ts";
import { present, reports } from "./live/reports.ts";
import { isOver, type Live, seatOrder, stateAt, type WallLayout } from "./live/state.ts";
import { applyPlan, isShared, Voices } from "./live/subscriber.ts";
import { MAIN, wallPlan } from "./live/subscriptions.ts";
import { fit } from "./view/fit.ts";
import { Losses } from "./view/losses.ts";
import { seats, tally } from "./view/seats.ts";
import { clock, day, duration } from "./view/time.ts";
import { Heading } from "./wall/heading.ts";
import { SeatTile } from "./wall/seat.ts";
import { Side } from "./wall/side.ts";
import { Stage } from "./wall/stage.ts";
import { words as w } from "./words/index.ts";

const LOST_SHOWN_AFTER_MS = 2000;
const IDLE_MS = 6000;

class WallPage {
  readonly #page = readPage();
  readonly #store = this.#page.store;
  readonly #asked = new URLSearchParams(location.search);
  readonly #screen = Math.max(1, Number(this.#asked.get("screen")) || 1);
  readonly #tiles = new Map<string, SeatTile>();
  readonly #losses = new Losses();
  readonly #heading = new Heading();
  readonly #stage = new Stage();
  readonly #side = new Side();
  readonly #voices = new Voices();
  readonly #connection = new Connection(this.#page.server, "wall", {
    link: (link) => this.#onLink(link),
    joined: () => undefined,
    changed: (room) => this.#onChanged(room),
    metadata: (text) => this.#store.offer(text),
  });
  #sound = false;
  #lostAt: number | null = null;

  start(): void {
    translate(document, w);
    const order = seatOrder(this.#store.live);
    setText(byId("seats-title"), w.sitesTitle(order.length));
    for (const id of order) {
      const tile = new SeatTile();
      this.#tiles.set(id, tile);
      byId("seats").append(tile.element);
    }
    byId("seats").append(this.#side.element);
    this.#tools();
    this.#store.onChange(() => this.#onObject());
    this.#store.poll(this.#page.server, () => this.#connection.link.kind !== "connected");
    addEventListener("resize", () => this.#fit());
    if (!isOver(this.#store.live)) this.#connection.start();
    tick(2, () => this.#render());
  }

  /** The object as this screen shows it: `?layout=` keeps one screen on its own layout. */
  get #live(): Live {
    const own = this.#asked.get("layout");
    const { live } = this.#store;
    if (own === "all" || own === "spotlight") return { ...live, layout: own };
    const site = this.#asked.get("site");
    return own === "single" && site !== null && site in live.sites
      ? { ...live, layout: "single", layout_site: site }
      : live;
  }

  #onLink(link: Link): void {
    if (link.kind === "connected" || link.kind === "stopped") this.#lostAt = null;
    else this.#lostAt ??= Date.now();
    if (link.kind === "replaced" || link.kind === "removed") setTimeout(() => this.#connection.start(), 3000);
    this.#render();
  }

  #onChanged(room: Room): void {
    this.#subscribe(room);
    this.#render();
  }

  #onObject(): void {
    const room = this.#connection.room;
    if (room !== null) this.#subscribe(room);
    if (isOver(this.#store.live) && this.#connection.link.kind !== "stopped") void this.#connection.stop();
    this.#render();
  }

  #subscribe(room: Room): void {
    applyPlan(room, wallPlan(this.#live, this.#sound, isShared(room, MAIN)));
    this.#voices.sync(room);
  }

  #render(): void {
    const live = this.#live;
    const room = this.#connection.room;
    const now = this.#store.clock.now();
    const all = seats(live, live.state === "live" ? present(room) : null);
    const told = reports(room);
    this.#heading.update(live, tally(all), now, this.#screen);
    for (const seat of all)
      this.#tiles.get(seat.id)?.update(seat, told.get(seat.id), room, this.#losses.since(seat, now));
    this.#stage.update(live, room, now);
    this.#side.update(live);
    this.#fit();
    this.#lost();
    this.#curtain(live);
  }

  #fit(): void {
    const layout: WallLayout = this.#live.layout;
    const grid = fit(innerWidth, innerHeight, this.#tiles.size, layout !== "all");
    const { body } = document;
    setAttribute(body, "data-layout", layout === "all" ? "all" : "spotlight");
    setAttribute(body, "data-spare", String(Math.min(grid.spare, 2)));
    body.style.setProperty("--cols", String(grid.columns));
    body.style.setProperty("--tile", `${grid.tile}px`);
  }

  #lost(): void {
    const box = byId("lost");
    const gone = this.#lostAt === null ? 0 : Date.now() - this.#lostAt;
    box.hidden = gone < LOST_SHOWN_AFTER_MS;
    if (!box.hidden) setText(box, w.wallLost(duration(gone)));
  }

  #curtain(live: Live): void {
    const box = byId("curtain");
    const lines = curtain(live, this.#store.clock.now());
    box.hidden = lines.length === 0;
    redraw(box, lines, () => [
      h("div", { class: "card" }, ...lines.map((line, index) => (index === 0 ? h("h2", {}, line) : h("p", {}, line)))),
    ]);
  }

  #tools(): void {
    const sound = h("button", { class: "btn", type: "button", "aria-pressed": "false" });
    const draw = (): void => {
      setAttribute(sound, "aria-pressed", String(this.#sound));
      redraw(sound, this.#sound, () => [icon(this.#sound ? "speaker" : "mute"), this.#sound ? w.soundOn : w.soundOff]);
    };
    sound.addEventListener("click", () => {
      this.#sound = !this.#sound;
      draw();
      const room = this.#connection.room;
      if (room === null) return;
      this.#subscribe(room);
      if (this.#sound) void room.startAudio().catch(() => undefined);
    });
    const full = h(
      "button",
      { class: "btn", type: "button", onclick: () => void toggleFullScreen() },
      icon("screen"),
      w.fullScreen,
    );
    byId("tools").append(sound, full);
    draw();
    this.#hideWhenIdle();
  }

  /** A wall nobody touches shows no buttons and no pointer. */
  #hideWhenIdle(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = (): void => {
      document.body.classList.remove("idle");
      clearTimeout(timer);
      timer = setTimeout(() => document.body.classList.add("idle"), IDLE_MS);
    };
    for (const event of ["pointermove", "pointerdown", "keydown"]) addEventListener(event, wake);
    wake();
  }
}

function curtain(live: Live, now: number): string[] {
  switch (stateAt(live, now)) {
    case "ended":
      return [w.endedThanks, live.title];
    case "postponed": {
      const date = day(live.starts_at);
      return [
        w.postponedTitle,
        w.postponedTo(`${w.date(date.year, date.month, date.day, date.weekday)} ${clock(live.starts_at)}`),
        ...(live.reason === "" ? [] : [w.because(live.reason)]),
      ];
    }
    case "cancelled":
      return [w.cancelledTitle, live.title];
    case "planned":
    case "live":
      return [];
  }
}

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen().catch(() => undefined);
}

guarded(() => new WallPage().start());
