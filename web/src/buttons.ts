/** Buttons that do nothing for a while: they keep the focus, which `disabled` would take from whoever pressed them. */

export function enable(button: HTMLElement, is: boolean): void {
  button.setAttribute("aria-disabled", String(!is));
}

export function isEnabled(button: HTMLElement): boolean {
  return button.getAttribute("aria-disabled") !== "true";
}
