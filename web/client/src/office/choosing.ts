/* A form that asks for a page again as soon as something is chosen in it: its own button works the same without this
   file, and is not needed with it. */

export function choosing(root: ParentNode): void {
  for (const select of root.querySelectorAll<HTMLSelectElement>("select[data-go]")) {
    const form = select.form;
    if (form === null) continue;
    for (const button of form.querySelectorAll<HTMLElement>("[data-go-button]")) button.hidden = true;
    select.addEventListener("change", () => form.requestSubmit());
  }
}
