// Passkeys: browsers offer them to scripts alone. Everything else works without this file.
"use strict";

{
  const english = document.documentElement.lang === "en";
  const say = (japanese, inEnglish) => english ? inEnglish : japanese;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  // The service answers with what the authenticator is to be asked, bytes written in base64url.
  const ask = async (address) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams() });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { publicKey } = await answer.json();
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const list of [publicKey.allowCredentials ?? [], publicKey.excludeCredentials ?? []]) {
      for (const known of list) known.id = bytes(known.id);
    }
    return publicKey;
  };

  // What the authenticator has answered, as the service reads it.
  const written = (key) => JSON.stringify({
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: key.getClientExtensionResults(),
    authenticatorAttachment: key.authenticatorAttachment ?? undefined,
    response: key.response.attestationObject ? {
      clientDataJSON: text(key.response.clientDataJSON), attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    } : {
      clientDataJSON: text(key.response.clientDataJSON), authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature), userHandle: key.response.userHandle ? text(key.response.userHandle) : undefined,
    },
  });

  const answerTo = async (address, make) => {
    const publicKey = await ask(address);
    return written(await (make ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey })));
  };

  const tell = (place, words) => { place.textContent = words; place.hidden = false; };
  const refused = (error) => error.name === "InvalidStateError"
    ? say("この機器のパスキーは、すでに登録されています。", "This device's passkey is registered already.")
    : say("パスキーを使えませんでした。もう一度お試しになるか、ほかの方法を使ってください。", "The passkey could not be used. Try again, or use another way.");
  const unable = () => say("このブラウザーではパスキーを使えません。ほかの方法を使ってください。", "This browser cannot use passkeys. Use another way.");

  // A form marked data-passkey is sent with the authenticator's answer in its field "passkey".
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const place = form.querySelector("[data-passkey-says]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      place.hidden = true;
      if (!window.PublicKeyCredential) return tell(place, unable());
      try {
        form.elements.passkey.value = await answerTo(form.dataset.passkey, form.dataset.passkeyNew === "yes");
        form.submit();
      } catch (error) {
        tell(place, refused(error));
      }
    });
  }

  // A line marked data-passkey-proof belongs to a password field: a passkey fills in a word that stands for the
  // password once.
  for (const line of document.querySelectorAll("[data-passkey-proof]")) {
    if (!window.PublicKeyCredential) continue;
    const place = line.querySelector("[data-passkey-says]"), button = line.querySelector("button");
    line.hidden = false;
    button.addEventListener("click", async () => {
      place.hidden = true;
      try {
        const passkey = await answerTo("/account/confirm/passkey/options", false);
        const answer = await fetch("/account/confirm/passkey", { method: "POST", body: new URLSearchParams({ passkey }) });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        document.getElementById(line.dataset.passkeyProof).value = (await answer.json()).proof;
        tell(place, say("パスキーで確認しました。続けて、下のボタンを押してください。", "Confirmed by the passkey. Now press the button below."));
        button.hidden = true;
      } catch (error) {
        tell(place, refused(error));
      }
    });
  }
}
