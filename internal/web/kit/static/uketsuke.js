// Comfort only: every page does its work without this file.
"use strict";

const english = document.documentElement.lang === "en";
const say = (japanese, inEnglish) => english ? inEnglish : japanese;

// What is wrong comes first, for the eye and for a screen reader.
document.querySelector("[data-summary]")?.focus();

// How many characters are left; counted as the rule counts, by code point, a line break as one.
for (const area of document.querySelectorAll("textarea[data-max]")) {
  const counter = document.querySelector(`[data-counter="${CSS.escape(area.id)}"]`);
  const most = Number(area.dataset.max);
  const show = () => {
    const length = [...area.value].length;
    counter.textContent = say(`${length} / ${most}文字`, `${length} / ${most} characters`);
    counter.classList.toggle("over", length > most);
  };
  area.addEventListener("input", show);
  show();
}

// A second press of one form within five seconds is dropped. Nothing is disabled, so the pressed button's
// name and value are sent, and a page that comes back from the browser's memory works again.
let pressed = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "download" in form.dataset) return; // a file leaves the page as it is
  if (Date.now() - (pressed.get(form) ?? 0) < 5000) {
    event.preventDefault();
    return;
  }
  pressed.set(form, Date.now());
  event.submitter?.setAttribute("aria-busy", "true");
  changed = null;
});
addEventListener("pageshow", () => {
  pressed = new WeakMap();
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// What was typed is not lost by a slip: forms marked data-unsaved ask before the page is left.
let changed = null; // the form in which something was typed
document.addEventListener("input", (event) => {
  changed = event.target.closest("form[data-unsaved]") ?? changed;
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

// A form marked data-preview-url shows, in the element named by data-preview, what the desk would make of it.
for (const form of document.querySelectorAll("form[data-preview-url]")) {
  const place = document.getElementById(form.dataset.preview);
  let wait, asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const mine = ++asked;
      try {
        const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        if (!answer.ok || mine !== asked) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.body.childNodes);
      } catch {
        // No answer: the picture stays as it was, the form works all the same.
      }
    }, 300);
  });
}

// Some things are applied for alone: while one is ticked, the others are grey, and so is what only they need. The
// rule answers all the same.
const alone = [...document.querySelectorAll("input[data-alone]:not(:disabled)")];
const together = [...document.querySelectorAll("input[name=kinds]:not([data-alone]):not(:disabled)")];
const grey = () => {
  const one = alone.some((box) => box.checked), others = together.some((box) => box.checked);
  for (const box of together) box.disabled = one && !box.checked;
  for (const box of alone) box.disabled = others && !box.checked;
  for (const part of document.querySelectorAll("[data-not-alone]")) part.hidden = one && !others;
};
for (const box of alone.concat(together)) box.addEventListener("change", grey);
grey();

// Who comes back from an identity provider goes on without a press.
document.querySelector("form[data-continue]")?.requestSubmit();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
