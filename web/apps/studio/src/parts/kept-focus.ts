// SPDX-License-Identifier: Apache-2.0
//
// Who works by keyboard does not lose their place: when what has the focus is moved, taken away or disabled, the focus goes back
// to it, or to the panel that was around it, and not to the document as a whole.

const PLACES = "section, dialog, main";

function placesAround(element: HTMLElement): readonly HTMLElement[] {
  const places: HTMLElement[] = [];
  for (let place = element.parentElement?.closest<HTMLElement>(PLACES); place; place = place.parentElement?.closest<HTMLElement>(PLACES)) places.push(place);
  return places;
}

function enter(place: HTMLElement): void {
  if (!place.hasAttribute("tabindex")) {
    place.tabIndex = -1;
    place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  }
  place.focus({ preventScroll: true });
}

/** Begins to; the answer ends it. */
export function keepFocus(): () => void {
  let held: HTMLElement | null = null;
  let around: readonly HTMLElement[] = [];
  const remember = ({ target }: FocusEvent): void => {
    held = target instanceof HTMLElement ? target : null;
    around = held ? placesAround(held) : [];
  };
  // Who goes away themselves is not held back.
  const forget = (event: Event): void => {
    if (event.type === "pointerdown" || (event as KeyboardEvent).key === "Tab") held = null;
  };
  const keep = (): void => {
    if (!held) return;
    const isDisabled = held.matches(":disabled");
    if (document.activeElement !== document.body && !(document.activeElement === held && isDisabled)) return;
    const place = held.isConnected && !isDisabled ? held : (around.find(({ isConnected }) => isConnected) ?? document.querySelector<HTMLElement>("main"));
    if (place === held) held.focus({ preventScroll: true });
    else if (place) enter(place);
  };
  const observer = new MutationObserver(keep);
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  document.addEventListener("focusin", remember);
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, forget, true);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", remember);
    for (const type of ["pointerdown", "keydown"]) document.removeEventListener(type, forget, true);
  };
}
