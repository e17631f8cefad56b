/** The editor's tabs by keyboard: arrows and Enter are its own; here F2 renames, Delete closes, and the focus stays among the tabs. */
import type Yasgui from "@zazuko/yasgui";
import type { Say } from "../say";

export function attendTabs(yasgui: Yasgui, place: HTMLElement, say: Say, tell: (text: string) => void): void {
  const list = place.querySelector<HTMLElement>(".tabsList");
  if (!list) return;
  const active = (): HTMLElement | null => list.querySelector<HTMLElement>(".tab.active [role=tab]");
  const name = (): void => {
    for (const one of list.querySelectorAll(".addTab")) named(one, say("tab-add"));
    for (const one of list.querySelectorAll(".closeTab")) one.setAttribute("title", say("tab-close"));
    for (const one of list.querySelectorAll(".tab input")) one.setAttribute("aria-label", say("tab-name"));
  };
  const opened = (): void => {
    name();
    tell(say("tab-opened", { name: yasgui.getTab()?.name() ?? "" }));
  };
  list.addEventListener("keydown", (event) => (event.target instanceof HTMLInputElement ? renaming(event) : among(event)), true);

  /** While a tab's name is written, keys are for that alone: Delete takes a letter, Enter ends and sends no form, Esc leaves the name as it was. */
  function renaming(event: KeyboardEvent): void {
    event.stopPropagation();
    const field = event.target as HTMLInputElement;
    if (event.key === "Escape") field.value = yasgui.getTab()?.name() ?? field.value;
    else if (event.key !== "Enter") return;
    event.preventDefault();
    active()?.focus(); // which ends it
    opened();
  }

  function among(event: KeyboardEvent): void {
    const tab = (event.target as HTMLElement).closest<HTMLElement>("[role=tab]");
    const id = tab?.getAttribute("aria-controls");
    if (!id) return;
    if (event.key === "F2") {
      event.preventDefault();
      yasgui.selectTabId(id);
      yasgui.tabElements.get(id).startRename();
    } else if (event.key === "Delete") {
      setTimeout(() => {
        active()?.focus();
        opened();
      });
    }
  }

  name();
  yasgui.on("tabSelect", () => setTimeout(opened));
  yasgui.on("tabAdd", () =>
    setTimeout(() => {
      if (document.activeElement?.matches(".addTab")) active()?.focus();
      opened();
    }),
  );
}

function named(element: Element, text: string): void {
  element.setAttribute("aria-label", text);
  element.setAttribute("title", text);
}
