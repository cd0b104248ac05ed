/* One page's connection to the live room: never gives up, and says at every moment where it stands.

   Three layers of patience. livekit-client resumes its signalling and restarts its transports by itself; when that does
   not help within a few seconds, this loop asks for a new token and joins afresh, for ever. Only three things end it:
   the page says stop, the same seat was opened elsewhere, or the main venue removed this participant. */

import { DisconnectReason, LogLevel, Room, RoomEvent, type RoomOptions, setLogLevel } from "livekit-client";
import { Refused, type Role, type Server } from "./acts.ts";
import { retryDelay } from "./retry.ts";

export type Link =
  /** `lostAt` is local time (Date.now) or null for the first attempt; `nextAt` is when the next attempt begins. */
  | { kind: "joining"; attempt: number; lostAt: number | null; nextAt: number | null }
  | { kind: "connected" }
  | { kind: "resuming"; lostAt: number; media: boolean }
  | { kind: "replaced"; at: number }
  | { kind: "removed" }
  | { kind: "refused"; message: string; nextAt: number }
  | { kind: "stopped" };

export interface Listener {
  link(link: Link): void;
  /** A joined room; everything of the previous one is gone. */
  joined(room: Room): void;
  /** Somebody came or went, or a track appeared, changed or vanished. Called at most once per task. */
  changed(room: Room): void;
  metadata(text: string | undefined): void;
}

setLogLevel(LogLevel.error); // it warns about every attempt; the page says it in words

const REFUSED_WAIT_MS = 5000;
/* Signalling goes through web: while that is being started again, media flows on, and a resumed connection has not
   missed anything. A media server that died answers the first attempt after its return with "join afresh". */
const INNER_DELAYS_MS = [100, 400];
const INNER_STEADY_MS = 1000;
const INNER_PATIENCE_MS = 25_000; // the server keeps a connection whose socket is lost for 30 s while media flows

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.TrackStreamStateChanged,
  RoomEvent.TrackSubscriptionPermissionChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.AudioPlaybackStatusChanged,
  RoomEvent.ActiveSpeakersChanged,
] as const;

const OPTIONS: RoomOptions = {
  adaptiveStream: false, // subscriptions.ts decides what is shown and how large
  dynacast: true,
  stopLocalTrackOnUnpublish: false, // devices belong to the page and outlive a connection
  disconnectOnPageLeave: true,
  reconnectPolicy: {
    nextRetryDelayInMs: ({ retryCount, elapsedMs }) => {
      if (elapsedMs > INNER_PATIENCE_MS) return null;
      return (INNER_DELAYS_MS[retryCount] ?? INNER_STEADY_MS) * (0.6 + 0.8 * Math.random());
    },
  },
};

export class Connection {
  room: Room | null = null;
  link: Link = { kind: "stopped" };
  readonly #server: Server;
  readonly #role: Role;
  readonly #listener: Listener;
  #wake: (() => void) | null = null;
  #running = false;
  #lostAt: number | null = null;
  #changing = false;

  constructor(server: Server, role: Role, listener: Listener) {
    this.#server = server;
    this.#role = role;
    this.#listener = listener;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lostAt = null;
    void this.#loop();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#wake?.();
    this.#set({ kind: "stopped" });
    await this.room?.disconnect(false);
  }

  /** Ends the present waiting, if any. */
  retryNow(): void {
    this.#wake?.();
  }

  async #loop(): Promise<void> {
    let attempt = 0;
    while (this.#running) {
      attempt += 1;
      this.#set({ kind: "joining", attempt, lostAt: this.#lostAt, nextAt: null });
      const outcome = await this.#attempt();
      if (!this.#running) return;
      if (outcome.joined) attempt = 0;
      if (outcome.end !== null) {
        this.#running = false;
        this.#set(outcome.end);
        return;
      }
      if (this.#lostAt === null) this.#lostAt = Date.now();
      const wait = outcome.refused !== null ? REFUSED_WAIT_MS : retryDelay(attempt + 1, Math.random());
      const nextAt = Date.now() + wait;
      this.#set(
        outcome.refused !== null
          ? { kind: "refused", message: outcome.refused, nextAt }
          : { kind: "joining", attempt: attempt + 1, lostAt: this.#lostAt, nextAt },
      );
      await this.#sleep(wait);
    }
  }

  /** Joins once and stays until the connection is over. */
  async #attempt(): Promise<{ joined: boolean; end: Link | null; refused: string | null }> {
    const room = new Room(OPTIONS);
    let ended: DisconnectReason | undefined;
    const over = new Promise<DisconnectReason | undefined>((resolve) => {
      room.on(RoomEvent.Disconnected, (reason) => {
        ended = reason;
        resolve(reason);
      });
    });
    try {
      const ticket = await this.#server.ticket(this.#role);
      if (!this.#running) return { joined: false, end: null, refused: null };
      this.#watch(room);
      await room.connect(ticket.url, ticket.token, {
        autoSubscribe: false,
        maxRetries: 0,
        websocketTimeout: 6000,
        peerConnectionTimeout: 10_000,
      });
    } catch (error) {
      const end = this.#endOf(ended); // the server may send a participant away before it is wholly in
      await room.disconnect(false);
      return { joined: false, end, refused: error instanceof Refused ? error.message : null };
    }
    if (!this.#running) {
      await room.disconnect(false);
      return { joined: false, end: null, refused: null };
    }
    this.#lostAt = null;
    this.room = room;
    this.#set({ kind: "connected" });
    this.#listener.metadata(room.metadata);
    this.#listener.joined(room);
    this.#change(room);
    const reason = await over;
    this.room = null;
    this.#lostAt ??= Date.now();
    return { joined: true, end: this.#endOf(reason), refused: null };
  }

  #endOf(reason: DisconnectReason | undefined): Link | null {
    if (reason === DisconnectReason.DUPLICATE_IDENTITY) return { kind: "replaced", at: Date.now() };
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) return { kind: "removed" };
    return null;
  }

  #watch(room: Room): void {
    for (const event of CHANGES) room.on(event, () => this.#change(room));
    room.on(RoomEvent.RoomMetadataChanged, (text: string) => this.#listener.metadata(text));
    room.on(RoomEvent.SignalReconnecting, () => this.#interrupted(room, true));
    room.on(RoomEvent.Reconnecting, () => this.#interrupted(room, false));
    room.on(RoomEvent.Reconnected, () => {
      if (this.room !== room) return;
      this.#lostAt = null;
      this.#set({ kind: "connected" });
      this.#listener.metadata(room.metadata);
      this.#change(room);
    });
  }

  #interrupted(room: Room, media: boolean): void {
    if (this.room !== room || !this.#running) return;
    this.#lostAt ??= Date.now();
    this.#set({ kind: "resuming", lostAt: this.#lostAt, media });
  }

  #change(room: Room): void {
    if (this.#changing) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      if (this.room === room) this.#listener.changed(room);
    });
  }

  #set(link: Link): void {
    this.link = link;
    this.#listener.link(link);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }
}
