/* What sites say about themselves by participant attributes, and what the server says about their connections. */

import { ConnectionQuality, type RemoteParticipant, type Room } from "livekit-client";

export interface Report {
  /** 1 weak, 2 fair, 3 good. */
  signal: 1 | 2 | 3;
  /** A camera is on its way to us. */
  camera: boolean;
  reduced: boolean;
  microphone: string;
}

export function reports(room: Room | null): Map<string, Report> {
  const found = new Map<string, Report>();
  for (const participant of room?.remoteParticipants.values() ?? [])
    found.set(participant.identity, report(participant));
  return found;
}

function report(participant: RemoteParticipant): Report {
  const { net, reduced, camera, mic } = participant.attributes;
  return {
    signal: net === "weak" ? 1 : signalOf(participant.connectionQuality),
    camera: camera === undefined || camera === "on",
    reduced: reduced === "bandwidth",
    microphone: mic ?? "on",
  };
}

function signalOf(quality: ConnectionQuality): 1 | 2 | 3 {
  if (quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost) return 1;
  return quality === ConnectionQuality.Good ? 2 : 3;
}

export function present(room: Room | null): Set<string> | null {
  return room === null ? null : new Set(room.remoteParticipants.keys());
}
