/* Sentences of a paired PC's page between its meetings, in English. */

import type { zhKiosk } from "./zh-kiosk.ts";

const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

export const enKiosk: typeof zhKiosk = {
  product: "MeetingHub",

  // not paired yet
  pairTitle: "Make this computer a room",
  pairAsk: "Ask the street office's administrator to type this under “Room computers”:",
  pairCode: (digits) => `Pairing code ${digits}`,
  pairAgain: (minutes, seconds) =>
    `A new code in ${minutes > 0 ? `${minutes} min ` : ""}${seconds} s. Pairing is done once; from then on this computer enters by itself.`,
  pairPhone: (phone) => `Administrator's telephone ${phone}`,
  pairWait: "Getting a pairing code",
  pairRefused: (seconds) => `Trying again in ${many(seconds, "second")}.`,

  // waiting
  nextTitle: "Next meeting",
  noneTitle: "No meeting is planned",
  noneBody: "A new meeting appears here by itself, and this computer enters it by itself.",
  startsAt: (when) => `Starts ${when}`,
  checkFrom: (time) =>
    `Camera and microphone are tested at ${time}; 15 minutes before the start this computer enters by itself.`,
  postponedMark: "New time",

  // no server, another window
  awayTitle: "The meeting system cannot be reached; trying again",
  awayBody: "No need to restart or reload: this page comes back by itself. Please check the network cable and router.",
  awayTry: (attempt) => `Attempt ${attempt}`,
  awayMark: "The meeting system cannot be reached just now; trying again",
  elsewhereTitle: "The room is open in another window",
  elsewhereBody: "One computer uses one room window. When that one is closed, this one takes over.",
};
