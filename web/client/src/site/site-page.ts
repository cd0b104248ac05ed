/* A committee's place in one meeting: joins the parts, and decides at every moment what is on the screen. */

import type { Room } from "livekit-client";
import { openDialog } from "../dom/dialog.ts";
import { byId, h, redraw, setText } from "../dom/h.ts";
import type { Page } from "../dom/page.ts";
import { tick } from "../dom/ticker.ts";
import { sayFailure } from "../dom/toast.ts";
import { translate } from "../dom/translate.ts";
import { Connection, type Link } from "../live/connection.ts";
import { Devices } from "../live/devices.ts";
import { Publisher } from "../live/publisher.ts";
import { type CheckPart, isOver, type Live, stateAt } from "../live/state.ts";
import type { Store } from "../live/store.ts";
import { applyPlan, isShared, Voices } from "../live/subscriber.ts";
import { MAIN, sitePlan } from "../live/subscriptions.ts";
import { voice } from "../live/voice.ts";
import { clock } from "../view/time.ts";
import { Autoplay } from "./autoplay.ts";
import { Cards } from "./cards.ts";
import { Check } from "./check.ts";
import { type Context, myName, type Unattended, w } from "./context.ts";
import { Day } from "./day.ts";
import { openDevices } from "./device-dialog.ts";
import { Entered } from "./entered.ts";
import { Frozen } from "./frozen.ts";
import { HandButton } from "./hand.ts";
import { HealthMonitor } from "./health.ts";
import { openPapers } from "./papers.ts";
import { Patience } from "./patience.ts";
import { Pictures } from "./pictures.ts";
import { Roster } from "./roster.ts";
import { Says } from "./says.ts";
import { type Scene, scene } from "./scene.ts";
import { cameraSays, mirror } from "./self.ts";
import { Turn } from "./turn.ts";
import { Waiting } from "./waiting.ts";

export class SitePage {
  readonly #page: Page;
  readonly #store: Store;
  readonly #context: Context;
  readonly #entered: Entered;
  readonly #connection: Connection;
  readonly #pictures: Pictures;
  readonly #day: Day;
  readonly #says: Says;
  readonly #hand: HandButton;
  readonly #turn: Turn;
  readonly #frozen: Frozen;
  readonly #check: Check;
  readonly #waiting: Waiting;
  readonly #cards: Cards;
  readonly #roster: Roster;
  readonly #devices = new Devices();
  readonly #publisher = new Publisher(this.#devices);
  readonly #voices = new Voices();
  readonly #autoplay = new Autoplay();
  readonly #health = new HealthMonitor(this.#devices, () => this.#render());
  /** Went on without it, or it worked before: then its loss is said in the page and does not take the page away. */
  #withoutMicrophone = false;
  #cameraWorked = false;
  #alone: Patience | null = null;
  #scene: Scene | null = null;
  #opening: { at: number; timer: ReturnType<typeof setTimeout> } | null = null;

  /** `me` is this site's identity. One meeting for the life of a page: the next one begins with a fresh page. */
  constructor(page: Page, me: string, unattended: Unattended | null = null) {
    this.#page = page;
    this.#store = page.store;
    this.#context = { page, me, devices: this.#devices, publisher: this.#publisher, unattended };
    this.#entered = new Entered(page.server.base, () => page.store.clock.now());
    this.#connection = new Connection(page.server, "site", {
      link: (link) => this.#onLink(link),
      joined: (room) => this.#onJoined(room),
      changed: (room) => this.#onChanged(room),
      metadata: (text) => this.#store.offer(text),
    });
    this.#pictures = new Pictures(this.#context);
    this.#day = new Day(this.#context);
    this.#says = new Says(this.#context, () => this.#fixMicrophone());
    this.#hand = new HandButton(this.#context, () => this.#publisher.setOpen(false));
    this.#turn = new Turn(this.#context);
    this.#frozen = new Frozen(this.#context, this.#connection);
    this.#check = new Check(this.#context, (failed) => this.#enter(failed));
    this.#roster = new Roster(this.#context);
    this.#waiting = new Waiting(this.#context, this.#roster);
    this.#cards = new Cards(this.#context, {
      withoutCamera: () => this.#devices.withoutCamera(),
      withoutMicrophone: () => {
        this.#withoutMicrophone = true;
        this.#render();
      },
      useHere: () => this.#useHere(),
    });
  }

  start(): void {
    translate(document, w);
    setText(byId("title"), this.#store.live.title);
    setText(byId("venue"), w.venueOf(myName(this.#context)));
    byId("devices").addEventListener("click", () => openDevices(this.#context, () => this.#speaker()));
    byId("call-main").addEventListener("click", () => this.#callMain());
    this.#store.onChange(() => this.#onObject());
    this.#store.poll(this.#page.server, () => this.#connection.link.kind !== "connected");
    this.#devices.onChange(() => this.#onDevices());
    void this.#devices.open();
    if (this.#entered.value && !isOver(this.#store.live)) this.#connection.start();
    if (this.#context.unattended !== null) this.#papers();
    if (this.#context.unattended !== null) this.#alone = new Patience(() => this.#useHere());
    tick(4, () => this.#render());
  }

  #enter(failed: CheckPart[]): void {
    this.#entered.set();
    this.#page.server.act("check", { failed }).catch(sayFailure);
    this.#connection.start();
    this.#render();
  }

  #useHere(): void {
    if (this.#entered.value) this.#connection.start();
    else this.#enter([]);
  }

  #onDevices(): void {
    if (this.#devices.cameraState === "on") this.#cameraWorked = true;
    if (this.#devices.microphoneState === "on") this.#withoutMicrophone = true;
    this.#render();
  }

  #onLink(link: Link): void {
    if (link.kind !== "connected" && link.kind !== "resuming") {
      this.#publisher.left();
      this.#health.left();
    }
    if (link.kind === "removed") this.#context.unattended?.removed();
    this.#frozen.remember(link, byId<HTMLVideoElement>("large"));
    this.#render();
  }

  #onJoined(room: Room): void {
    this.#publisher.joined(room);
    this.#health.joined(room);
    this.#speaker();
  }

  #onChanged(room: Room): void {
    this.#subscribe(room, this.#store.live);
    this.#health.update(room);
    this.#render();
  }

  /** A new object: what others see and hear changes first, words follow. */
  #onObject(): void {
    const room = this.#connection.room;
    if (room !== null) this.#subscribe(room, this.#store.live);
    if (isOver(this.#store.live)) void this.#connection.stop();
    this.#render();
  }

  #subscribe(room: Room, live: Live): void {
    applyPlan(room, sitePlan(live, this.#context.me, isShared(room, MAIN)));
    this.#voices.sync(room);
  }

  #speaker(): void {
    const { speaker } = this.#devices.choices;
    void this.#connection.room
      ?.switchActiveDevice("audiooutput", speaker === "" ? "default" : speaker)
      .catch(() => undefined);
  }

  #render(): void {
    const { live } = this.#store;
    const now = this.#store.clock.now();
    const waited = this.#alone?.waited ?? false;
    const current = scene({
      state: stateAt(live, now),
      entered: this.#entered.value,
      link: this.#connection.link.kind,
      camera: this.#devices.cameraState,
      microphone: this.#devices.microphoneState,
      withoutCamera: this.#devices.cameraState === "off" || this.#cameraWorked || waited,
      withoutMicrophone: this.#withoutMicrophone || waited,
      taken: this.#context.unattended !== null && this.#online(live),
    });
    this.#alone?.update(current, this.#online(live), performance.now());
    this.#microphone(live);
    byId("badge").hidden = live.state !== "live";
    setText(byId("clock"), clock(now));
    if (current !== this.#scene) this.#change(current);
    if (current === "check") this.#check.update(live, now);
    else if (current === "waiting") this.#waiting.update(live, now);
    else if (current === "meeting") this.#meeting(live, now);
    else this.#cards.draw(byId("card"), current, live, this.#connection);
    const here = current === "meeting" || current === "waiting";
    this.#roster.update(live, here, voice(live, this.#context.me, now).kind !== "closed");
    this.#frozen.update(this.#entered.value && here);
    this.#autoplay.update(current === "meeting" ? this.#connection.room : null);
  }

  /** Whether this site has a connection, whichever window's it is. */
  #online(live: Live): boolean {
    const site = live.sites[this.#context.me];
    return site !== undefined && site.joined_at !== null && site.left_at === null;
  }

  #change(current: Scene): void {
    this.#scene = current;
    document.body.dataset.scene = current;
    const meeting = current === "meeting";
    byId("meeting").hidden = !meeting;
    byId("card").hidden = meeting;
    if (current !== "check") this.#check.stop();
    if (current === "check") {
      redraw(byId("card"), "check", () => [this.#check.element]);
      this.#check.start();
    } else if (current === "waiting") redraw(byId("card"), "waiting", () => [this.#waiting.element]);
    else if (!meeting) byId("card").focus({ preventScroll: true });
    if (current === "ended" || current === "cancelled") this.#devices.close();
    if (!meeting) byId("turn").hidden = true;
  }

  #meeting(live: Live, now: number): void {
    const room = this.#connection.room;
    const speaking = voice(live, this.#context.me, now);
    this.#pictures.update(live, room, now);
    mirror(this.#devices, byId<HTMLVideoElement>("self"));
    this.#camera();
    setText(byId("self-seen"), this.#seen());
    const headcount = live.sites[this.#context.me]?.headcount ?? null;
    setText(byId("self-count"), headcount === null ? "" : w.people(headcount));
    this.#says.update(live, speaking, this.#connection.link, this.#health.health);
    this.#day.update(live, now);
    this.#hand.update(live, speaking);
    this.#turn.update(live, speaking, now);
  }

  #seen(): string {
    if (this.#devices.cameraState !== "on") return "";
    return this.#connection.link.kind === "connected" ? w.everyoneSeesThis : w.onlyYouSee;
  }

  /** In place of the mirror: why there is no picture, and the way back to one. */
  #camera(): void {
    const text = cameraSays(this.#devices.cameraState);
    const box = byId("self-note");
    box.hidden = text === "";
    redraw(box, text, () => [
      text !== "" &&
        h(
          "span",
          {},
          text,
          h("br"),
          h(
            "button",
            {
              class: "btn",
              type: "button",
              data: { key: "camera-on" },
              onclick: () => void this.#devices.withCamera(),
            },
            w.cameraOn,
          ),
        ),
    ]);
  }

  #fixMicrophone(): void {
    this.#withoutMicrophone = false;
    void this.#devices.open();
    this.#render();
  }

  /** The first of the two locks: open exactly while this site holds the floor and its moment has come. */
  #microphone(live: Live): void {
    const now = voice(live, this.#context.me, this.#store.clock.now());
    this.#publisher.setOpen(now.kind === "open");
    const opensAt = now.kind === "counting" ? now.opensAt : null;
    if (this.#opening?.at === opensAt) return;
    if (this.#opening !== null) clearTimeout(this.#opening.timer);
    this.#opening = null;
    if (opensAt === null) return;
    const timer = setTimeout(() => this.#render(), Math.max(0, opensAt - this.#store.clock.now()) + 1);
    this.#opening = { at: opensAt, timer };
  }

  /** A person's page links to the documents; a paired PC has no other page to go to. */
  #papers(): void {
    const button = byId("papers-open");
    button.hidden = false;
    button.addEventListener("click", () => openPapers(this.#page.server));
  }

  #callMain(): void {
    const { phone } = this.#store.live.main;
    openDialog(
      w.callMain,
      w.close,
      h("p", { class: "dial" }, h("a", { href: `tel:${phone.replaceAll(" ", "")}` }, phone)),
      h("p", {}, w.callMainBody(phone)),
    );
  }
}
