// The session's end, said beforehand and kept in every tab. Comfort and care: the service ends it all the same.
"use strict";

{
  const ending = document.querySelector("[data-ends-in]");
  // Tabs of one browser tell each other that something has happened to the session; each asks for itself what.
  const tabs = new BroadcastChannel("uketsuke-session");

  // A page of nobody: somebody has just signed out, or is about to sign in.
  if (!ending) tabs.postMessage("look");

  if (ending) {
    const words = ending.querySelector("p");
    const aloud = document.createElement("p");
    aloud.className = "hidden";
    aloud.setAttribute("role", "status");
    document.body.append(aloud);
    let ends = performance.now() + Number(ending.dataset.endsIn) * 1000;
    let told = Infinity;
    let covered = false;

    // cover takes everything that belongs to the person off the page, out of the document as well (ASVS 14.3.1). A form in
    // which something was typed stays in it unseen: to send it leads over the login back to it (trap 9).
    const cover = () => {
      if (covered) return;
      covered = true;
      for (const part of document.querySelectorAll(".person, .nav, .back, [data-ends-in]")) part.remove();
      const main = document.getElementById("main"), form = changed;
      const heading = document.createElement("h1"), says = document.createElement("p"), button = document.createElement("button");
      heading.textContent = document.title = say("ログアウトしました", "You are logged out");
      says.className = "lead";
      says.textContent = form
        ? say("入力した内容は残っています。ログインし直すと、同じ画面に戻ります。", "What you typed is kept. Log in again and you are back on the same page.")
        : say("画面に表示していた内容は消しました。", "What this page showed has been taken away.");
      button.className = "button";
      button.textContent = say("ログインし直す", "Log in again");
      button.addEventListener("click", () => {
        changed = null;
        if (!form) return location.assign(ending.dataset.page);
        form.noValidate = true;
        form.requestSubmit();
      });
      if (form) form.hidden = true;
      main.replaceChildren(heading, says, button, ...(form ? [form] : []));
      main.focus();
    };

    // ask learns whether the session is still the one of this page, and how long it lasts; asking puts nothing off. Without
    // an answer the time that was told before counts.
    let asking = false;
    const ask = async () => {
      if (covered || asking) return;
      asking = true;
      let left = (ends - performance.now()) / 1000;
      try {
        const answer = await fetch("/session/left", { cache: "no-store" });
        if (answer.ok) {
          const now = await answer.json();
          left = now.session === ending.dataset.session ? now.seconds : 0;
        }
      } catch {
        // No answer.
      }
      asking = false;
      if (left <= 0) return cover();
      ends = performance.now() + left * 1000;
      tick();
    };

    // Five minutes before the end the line becomes a banner that counts down, and is read out once a minute.
    const tick = () => {
      if (covered) return;
      const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      ending.classList.toggle("soon", left <= 300);
      if (left > 300) {
        if (told < Infinity) words.textContent = until();
        told = Infinity;
        return;
      }
      if (left === 0) return void ask();
      const minutes = Math.ceil(left / 60);
      words.textContent = say(`あと${Math.floor(left / 60)}分${String(left % 60).padStart(2, "0")}秒でログアウトします`, `You are logged out in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
      if (minutes < told) {
        told = minutes;
        aloud.textContent = say(`あと${minutes}分でログアウトします。`, `You are logged out in ${minutes} minutes.`);
      }
    };
    const until = () => {
      const at = new Date(Date.now() + ends - performance.now()).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });
      return say(`操作がないと ${at} にログアウトします`, `Logged out at ${at} if you do nothing`);
    };
    setInterval(tick, 1000);
    document.addEventListener("visibilitychange", () => document.hidden || ask());
    addEventListener("pageshow", (event) => event.persisted && ask());
    tabs.addEventListener("message", ask);

    // 「延長する」 does its work without leaving the page.
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
        tabs.postMessage("look");
      } catch {
        event.target.submit(); // in a new tab, as without this file
      } finally {
        pressed.delete(event.target);
      }
    });
  }
}
