/* Dragging a segment of the agenda. The page works without it: every segment has buttons for up and down. What is let
   go is sent as "move:<segment>:<place>" through the form around the board, so the server decides and draws anew. */

/** The place, counted without the held one, before which it is dropped: behind every middle that lies above. */
export function placeAt(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length;
}

function hold(form: HTMLFormElement, list: HTMLElement, held: HTMLElement, start: PointerEvent): void {
  const others = [...list.querySelectorAll<HTMLElement>("[data-segment]")].filter((each) => each !== held);
  const fixed = others.filter((each) => each.dataset["pinned"] !== undefined);
  const above = fixed.filter((each) => each.offsetTop < held.offsetTop).length;
  const below = fixed.length - above;
  const line = document.createElement("li");
  line.className = "insert";
  line.setAttribute("aria-hidden", "true");
  list.append(line);
  held.classList.add("seg--held");
  const from = held.offsetTop;
  let place = -1;

  const follow = (event: PointerEvent): void => {
    const moved = event.clientY - start.clientY;
    held.style.transform = `translateY(${moved}px)`;
    const middle = from + moved + held.offsetHeight / 2;
    const middles = others.map((each) => each.offsetTop + each.offsetHeight / 2);
    place = Math.max(above, Math.min(others.length - below, placeAt(middles, middle)));
    const before = others[place];
    const last = others.at(-1);
    line.style.top = `${before ? before.offsetTop : last ? last.offsetTop + last.offsetHeight + 3 : 0}px`;
  };

  const end = (): void => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", end);
    removeEventListener("keydown", giveUp);
    held.classList.remove("seg--held");
    held.style.transform = "";
    line.remove();
  };

  const drop = (): void => {
    const now = [...list.querySelectorAll("[data-segment]")].indexOf(held);
    end();
    const segment = held.dataset["segment"];
    if (place < 0 || place === now || segment === undefined) return;
    const act = document.createElement("input");
    act.type = "hidden";
    act.name = "do";
    act.value = `move:${segment}:${place}`;
    form.append(act);
    form.submit();
  };

  const giveUp = (event: KeyboardEvent): void => {
    if (event.key === "Escape") end();
  };

  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", end);
  addEventListener("keydown", giveUp);
}

export function draggable(root: ParentNode): void {
  for (const board of root.querySelectorAll<HTMLElement>("[data-board]")) {
    const form = board.closest("form");
    if (form === null) continue;
    for (const grip of board.querySelectorAll<HTMLElement>("[data-grip]"))
      grip.addEventListener("pointerdown", (event) => {
        const held = grip.closest<HTMLElement>("[data-segment]");
        const list = held?.parentElement;
        if (!held || !list || event.button !== 0) return;
        event.preventDefault();
        hold(form, list, held, event);
      });
  }
}
