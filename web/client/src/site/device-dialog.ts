/* Choosing camera, microphone and speaker of this computer, in words. */

import { openDialog } from "../dom/dialog.ts";
import { h } from "../dom/h.ts";
import type { Choices } from "../live/choices.ts";
import type { Devices } from "../live/devices.ts";
import { enSite } from "../words/en-site.ts";
import { pick } from "../words/index.ts";
import { zhSite } from "../words/zh-site.ts";
import type { Unattended } from "./context.ts";

const w = pick(zhSite, enSite);

type Field = "camera" | "microphone" | "speaker";

const KINDS: Record<Field, MediaDeviceKind> = {
  camera: "videoinput",
  microphone: "audioinput",
  speaker: "audiooutput",
};

/** `changed` is told after every choice. A committee's page that is not a paired PC's offers to become one. */
export function openDevices(
  context: { devices: Devices; unattended?: Unattended | null },
  changed: () => void = () => undefined,
): void {
  const { devices } = context;
  const fields = h("div", { class: "fields" });
  const choose = async (changes: Partial<Choices>): Promise<void> => {
    await devices.choose(changes);
    changed();
  };
  const echo = h("input", { type: "checkbox", id: "echo", checked: devices.choices.echoCancellation });
  echo.addEventListener("change", () => void choose({ echoCancellation: echo.checked }));
  openDialog(
    w.devicesTitle,
    w.close,
    h("p", {}, w.devicesBody),
    fields,
    ...(context.unattended === null ? [h("p", {}, h("a", { class: "link", href: "/kiosk" }, w.pairThis))] : []),
    h("label", { class: "switch", for: "echo" }, echo, h("span", {}, h("b", {}, w.echo), h("small", {}, w.echoHint))),
  );
  void devices.list().then((list) => {
    for (const field of ["camera", "microphone", "speaker"] as const) {
      const found = list.filter((device) => device.kind === KINDS[field]);
      if (field === "speaker" && found.length === 0) continue; // browsers that cannot choose do not list any
      fields.append(select(field, found, devices.choices[field], (value) => void choose({ [field]: value })));
    }
  });
}

function select(field: Field, found: MediaDeviceInfo[], chosen: string, choose: (value: string) => void): HTMLElement {
  const box = h("select", { id: `device-${field}` }, h("option", { value: "" }, w.systemDefault));
  for (const [index, device] of found.entries())
    if (device.deviceId !== "default" && device.deviceId !== "communications")
      box.append(h("option", { value: device.deviceId }, device.label || `${w[field]} ${index + 1}`));
  box.value = chosen;
  if (box.selectedIndex < 0) box.value = "";
  box.addEventListener("change", () => choose(box.value));
  return h("div", { class: "field" }, h("label", { for: `device-${field}` }, w[field]), box);
}
