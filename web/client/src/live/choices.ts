/* Which devices this computer uses, remembered per computer. Empty = the system's own choice. */

export interface Choices {
  camera: string;
  microphone: string;
  speaker: string;
  echoCancellation: boolean;
}

const KEY = "meetinghub.devices";
const DEFAULTS: Choices = { camera: "", microphone: "", speaker: "", echoCancellation: true };

export function loadChoices(storage: Pick<Storage, "getItem">): Choices {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    return typeof stored === "object" && stored !== null ? { ...DEFAULTS, ...stored } : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}

export function saveChoices(storage: Pick<Storage, "setItem">, choices: Choices): void {
  try {
    storage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A full or forbidden storage only means that the next visit asks again.
  }
}
