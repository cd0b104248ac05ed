/* The main venue's console: joins the parts around one object and one connection that only watches. */

import type { Room } from "livekit-client";
import { AgendaBar } from "./console/agenda-bar.ts";
import { Acts, badgeWord, type Scene, w } from "./console/context.ts";
import { Dock } from "./console/dock.ts";
import { listen, showKeys } from "./console/keys.ts";
import { LayoutMenu } from "./console/layout-menu.ts";
import { MainVenue } from "./console/main-venue.ts";
import { SeatMap } from "./console/map.ts";
import { openMeeting } from "./console/meeting-dialog.ts";
import { Pad } from "./console/pad.ts";
import { Preview } from "./console/preview.ts";
import { Program } from "./console/program.ts";
import { Queue } from "./console/queue.ts";
import { RollPanel } from "./console/roll.ts";
import { Situation } from "./console/situation.ts";
import { Tabs } from "./console/tabs.ts";
import { guarded } from "./dom/boundary.ts";
import { byId, h, redraw, setText } from "./dom/h.ts";
import { readPage } from "./dom/page.ts";
import { tick } from "./dom/ticker.ts";
import { translate } from "./dom/translate.ts";
import { Connection, type Link } from "./live/connection.ts";
import { present, reports } from "./live/reports.ts";
import { isOver, seatOrder } from "./live/state.ts";
import { applyPlan, isShared } from "./live/subscriber.ts";
import { consolePlan, MAIN } from "./live/subscriptions.ts";
import { Losses } from "./view/losses.ts";
import { seats, tally } from "./view/seats.ts";
import { clockSeconds, duration } from "./view/time.ts";

const LOST_SHOWN_AFTER_MS = 2000;

class ConsolePage {
  readonly #page = readPage();
  readonly #store = this.#page.store;
  readonly #acts = new Acts(this.#page);
  readonly #wide = matchMedia("(min-width: 1700px) and (min-height: 900px)");
  readonly #losses = new Losses();
  readonly #connection = new Connection(this.#page.server, "console", {
    link: (link) => this.#onLink(link),
    joined: () => undefined,
    changed: (room) => this.#onChanged(room),
    metadata: (text) => this.#store.offer(text),
  });
  #started = false;
  #lostAt: number | null = null;
  readonly #preview = new Preview(() => this.#refresh());
  readonly #map = new SeatMap(this.#acts, seatOrder(this.#store.live), () => this.#refresh());
  readonly #dock = new Dock(this.#acts);
  readonly #main = new MainVenue(this.#page);
  readonly #program = new Program(this.#acts, () => this.#main.show());
  readonly #situation = new Situation(this.#acts, (id) => this.#map.select(id));
  readonly #roll = new RollPanel(this.#acts, (id) => this.#map.select(id));
  readonly #tabs = new Tabs(["roll", "situation"], (name) => {
    byId("roll-time").hidden = name !== "roll";
  });
  /** What calls for the roll's panel by itself: the meeting's beginning, and the roll's. */
  #moment = "";
  readonly #queue = new Queue(this.#acts, this.#page.server.base);
  readonly #pad = new Pad(this.#acts);
  readonly #agenda = new AgendaBar(this.#acts);
  readonly #layout = new LayoutMenu(this.#acts, this.#page.server.base, () => this.#map.selected);

  start(): void {
    translate(document, w);
    this.#started = true;
    byId("meeting").addEventListener("click", () =>
      openMeeting(this.#acts, this.#store.live, this.#store.clock.now(), this.#page.server.base),
    );
    this.#store.onChange((live) => {
      if (isOver(live) && this.#connection.link.kind !== "stopped") void this.#connection.stop();
      this.#refresh();
    });
    this.#store.poll(this.#page.server, () => this.#connection.link.kind !== "connected");
    this.#wide.addEventListener("change", () => this.#refresh());
    this.#keys();
    if (!isOver(this.#store.live)) this.#connection.start();
    tick(2, () => this.#render());
  }

  #keys(): void {
    const call = (index: number) => () => {
      const hand = this.#store.live.hands[index];
      if (hand !== undefined) void this.#acts.send("floor", { act: "call_on", site: hand.site });
    };
    listen({
      "1": call(0),
      "2": call(1),
      "3": call(2),
      "4": call(3),
      b: () => this.#program.toggleBroadcast(),
      e: () => {
        if (this.#store.live.floor !== null) void this.#acts.send("floor", { act: "release" });
      },
      z: () => this.#pad.undo(),
      m: () => void this.#acts.send("floor", { act: "mute_all" }),
      "+": () => this.#agenda.grant(),
      "=": () => this.#agenda.grant(),
      n: () => this.#agenda.next(),
      l: () => this.#layout.next(),
      "/": () => this.#map.find(),
      "?": showKeys,
    });
  }

  #onLink(link: Link): void {
    if (link.kind === "connected" || link.kind === "stopped") this.#lostAt = null;
    else this.#lostAt ??= Date.now();
    // Replaced: the same account in another window; two that take the place from each other for ever help nobody.
    if (link.kind === "removed") setTimeout(() => this.#connection.start(), 3000);
    this.#render();
  }

  #onChanged(_room: Room): void {
    this.#refresh();
  }

  /** Subscriptions first, words after: what everyone sees must not wait for a drawing. */
  #refresh(): void {
    if (!this.#started) return;
    const room = this.#connection.room;
    const { live } = this.#store;
    if (room !== null)
      applyPlan(room, consolePlan(live, this.#preview.site(live.hands), this.#wide.matches, isShared(room, MAIN)));
    this.#render();
  }

  #render(): void {
    if (!this.#started) return;
    const room = this.#connection.room;
    const { live } = this.#store;
    const all = seats(live, live.state === "live" ? present(room) : null);
    const scene: Scene = {
      live,
      seats: all,
      count: tally(all),
      reports: reports(room),
      losses: this.#losses,
      now: this.#store.clock.now(),
    };
    this.#top(scene);
    this.#map.update(scene, room, this.#wide.matches);
    this.#dock.update(scene, this.#map.selected);
    this.#program.update(scene, room);
    this.#preview.update(scene, room);
    this.#situation.update(scene);
    this.#roll.update(scene);
    this.#turnTo(scene);
    this.#queue.update(scene);
    this.#pad.update(scene);
    this.#agenda.update(scene);
    this.#layout.update(live);
    this.#main.update();
    this.#lost();
  }

  #top({ live, count, now }: Scene): void {
    const badge = byId("badge");
    badge.classList.toggle("off", live.state !== "live");
    setText(badge, badgeWord(live.state));
    redraw(byId("tally"), [count.online, count.total, count.people], () => [
      `${w.online} `,
      h("b", {}, String(count.online)),
      `/${count.total}`,
      ...(count.people === null ? [] : [` · ${w.inAttendance} `, h("b", {}, w.people(count.people))]),
    ]);
    setText(byId("clock"), clockSeconds(now));
  }

  /** Before the meeting one looks at the rooms, from its beginning on at who is there; a choice by hand stays. */
  #turnTo({ live }: Scene): void {
    const moment = live.roll.opened_at ?? live.state;
    if (this.#moment === moment) return;
    this.#moment = moment;
    this.#tabs.show(moment === "planned" ? "situation" : "roll");
  }

  #lost(): void {
    const gone = this.#lostAt === null ? 0 : Date.now() - this.#lostAt;
    const replaced = this.#connection.link.kind === "replaced";
    const box = byId("lost");
    box.hidden = !replaced && gone < LOST_SHOWN_AFTER_MS;
    if (box.hidden) return;
    redraw(box, replaced ? "replaced" : duration(gone), () =>
      replaced
        ? [
            w.replacedConsole,
            h("button", { class: "btn", type: "button", onclick: () => this.#connection.start() }, w.useHere),
          ]
        : [w.consoleLost(duration(gone))],
    );
  }
}

guarded(() => new ConsolePage().start());
