/* A site's list of its people: who is here, who is excused, how many others. Values only; nothing is changed in place. */

export const EXCUSES = ["duty", "training", "leave", "other"] as const;
export type Excuse = (typeof EXCUSES)[number];

export interface Listed {
  id: number;
  name: string;
  /** In a word, in the page's language. */
  role: string;
  ticked: boolean;
  excused: Excuse | null;
}

export interface RosterList {
  people: Listed[];
  guests: number;
  /** When this site answered in this meeting; null = the ticks are a proposal. */
  answered_at: string | null;
  /** Where the ticks come from: this meeting, the last one, or whoever is called to it. */
  source: "answer" | "last_time" | "audience";
}

export interface RosterAnswer {
  people: number[];
  guests: number;
  excused: { id: number; reason: Excuse }[];
}

export const MOST_GUESTS = 500;

/** Whoever comes is not excused any more. */
export function ticked(list: RosterList, id: number, here: boolean): RosterList {
  return change(list, id, { ticked: here, excused: null });
}

export function excused(list: RosterList, id: number, reason: Excuse | null): RosterList {
  return change(list, id, { ticked: false, excused: reason });
}

export function withGuests(list: RosterList, guests: number): RosterList {
  const whole = Number.isFinite(guests) ? Math.trunc(guests) : 0;
  return { ...list, guests: Math.min(MOST_GUESTS, Math.max(0, whole)) };
}

export function tickedCount(list: RosterList): number {
  return list.people.filter((person) => person.ticked).length;
}

/** How many sit here: the ticked ones and the guests. */
export function headcount(list: RosterList): number {
  return tickedCount(list) + list.guests;
}

export function answerOf(list: RosterList): RosterAnswer {
  return {
    people: list.people.filter((person) => person.ticked).map((person) => person.id),
    guests: list.guests,
    excused: list.people.flatMap(({ id, excused }) => (excused === null ? [] : [{ id, reason: excused }])),
  };
}

/** The list as an answer that was kept on this computer says; people who are no longer on it are left out. */
export function withAnswer(list: RosterList, answer: RosterAnswer): RosterList {
  const reasons = new Map(answer.excused.map(({ id, reason }) => [id, reason]));
  const here = new Set(answer.people);
  const people = list.people.map((person) => ({
    ...person,
    ticked: here.has(person.id),
    excused: here.has(person.id) ? null : (reasons.get(person.id) ?? null),
  }));
  return withGuests({ ...list, people }, answer.guests);
}

export function sameAnswer(one: RosterAnswer, other: RosterAnswer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function change(list: RosterList, id: number, to: Pick<Listed, "ticked" | "excused">): RosterList {
  return { ...list, people: list.people.map((person) => (person.id === id ? { ...person, ...to } : person)) };
}
