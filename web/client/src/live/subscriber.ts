/* Makes a room's subscriptions match a plan, and connects tracks with the elements that show them. */

import { type RemoteTrackPublication, type Room, Track, VideoQuality } from "livekit-client";
import { key, type Picture, type Plan, type Size, type Source } from "./subscriptions.ts";

const QUALITY: Record<Size, VideoQuality> = {
  low: VideoQuality.LOW,
  medium: VideoQuality.MEDIUM,
  high: VideoQuality.HIGH,
};

/** Tracks no longer wanted stay subscribed and disabled, oldest first, up to this many: whoever speaks again needs no new
    negotiation, and no section of the connection changes hands while somebody is speaking. */
const KEPT = 16;

const idle = new WeakMap<Room, Set<RemoteTrackPublication>>();

export function applyPlan(room: Room, plan: Plan): void {
  const kept = idle.get(room) ?? new Set<RemoteTrackPublication>();
  idle.set(room, kept);
  for (const participant of room.remoteParticipants.values()) {
    for (const publication of participant.trackPublications.values()) {
      const want = plan.get(key(participant.identity, publication.source as Source));
      if (want !== undefined) {
        kept.delete(publication);
        if (!publication.isDesired) publication.setSubscribed(true);
        if (publication.kind === Track.Kind.Video) publication.setVideoQuality(QUALITY[want.size]);
        publication.setEnabled(want.enabled);
      } else if (publication.isDesired && !kept.has(publication)) {
        publication.setEnabled(false);
        kept.add(publication);
      }
    }
  }
  for (const publication of kept) {
    if (kept.size <= KEPT) break;
    publication.setSubscribed(false);
    kept.delete(publication);
  }
}

export function publicationOf(room: Room, identity: string, source: Source): RemoteTrackPublication | undefined {
  const participant = room.remoteParticipants.get(identity);
  return participant?.getTrackPublication(source as Track.Source) as RemoteTrackPublication | undefined;
}

export function isShared(room: Room | null, identity: string): boolean {
  return room !== null && publicationOf(room, identity, "screen_share") !== undefined;
}

/** Shows a picture in a video element. Returns whether there is a live track to show. */
export function show(room: Room | null, picture: Picture | null, element: HTMLVideoElement): boolean {
  const publication = room && picture ? publicationOf(room, picture.identity, picture.source) : undefined;
  const track = publication?.track;
  if (track === undefined || publication?.isMuted) {
    if (room !== null && element.srcObject !== null) element.srcObject = null;
    return false;
  }
  const current = element.srcObject instanceof MediaStream ? element.srcObject.getVideoTracks()[0] : undefined;
  if (current !== track.mediaStreamTrack) track.attach(element);
  return true;
}

/** Plays every voice that is subscribed, and nothing else. */
export class Voices {
  readonly #playing = new Map<Track, HTMLMediaElement>();

  sync(room: Room): void {
    const wanted = new Set<Track>();
    for (const participant of room.remoteParticipants.values())
      for (const publication of participant.audioTrackPublications.values())
        if (publication.track) wanted.add(publication.track);
    for (const track of wanted) {
      if (this.#playing.has(track)) continue;
      const element = track.attach();
      document.body.append(element); // without controls it takes no room; some browsers play only what is attached
      this.#playing.set(track, element);
    }
    for (const [track, element] of this.#playing) {
      if (wanted.has(track)) continue;
      track.detach(element);
      element.remove();
      this.#playing.delete(track);
    }
  }
}
