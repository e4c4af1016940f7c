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
  changed = false;
});
addEventListener("pageshow", () => {
  pressed = new WeakMap();
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// What was typed is not lost by a slip: forms marked data-unsaved ask before the page is left.
let changed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-unsaved]")) changed = true;
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

// The session's end: five minutes before, the line in the header becomes a banner that counts down, and is read out
// once a minute. 「延長する」 does its work without leaving the page.
const ending = document.querySelector("[data-ends-in]");
if (ending) {
  const words = ending.querySelector("p");
  const aloud = document.createElement("p");
  aloud.className = "hidden";
  aloud.setAttribute("role", "status");
  document.body.append(aloud);
  let ends = performance.now() + Number(ending.dataset.endsIn) * 1000;
  let told = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    ending.classList.toggle("soon", left <= 300);
    if (left > 300) return;
    const minutes = Math.ceil(left / 60);
    words.textContent = left === 0
      ? say("ログアウトしました。送信した内容は、ログインし直すと戻ります。", "You are logged out. What you send comes back when you log in again.")
      : say(`あと${Math.floor(left / 60)}分${String(left % 60).padStart(2, "0")}秒でログアウトします`, `You are logged out in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
    if (minutes < told) {
      told = minutes;
      aloud.textContent = left === 0 ? words.textContent : say(`あと${minutes}分でログアウトします。`, `You are logged out in ${minutes} minutes.`);
    }
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  ending.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(event.target.action, { method: "POST", body: new URLSearchParams() });
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-ends-in]");
      if (!answer.ok || !now) throw new Error("not extended");
      ends = performance.now() + Number(now.dataset.endsIn) * 1000;
      told = Infinity;
      words.textContent = now.querySelector("p").textContent;
      ending.classList.remove("soon");
      aloud.textContent = say("延長しました。", "Extended.");
    } catch {
      event.target.submit(); // in a new tab, as without this file
    } finally {
      pressed.delete(event.target);
    }
  });
}
