/*
 * Passkeys. Without this file, or in a browser that has none, the buttons stay hidden and the other ways remain.
 *   <form><input type="hidden" name="credential"><button type="button" hidden data-passkey="/address/of/challenge/">
 * The challenge says by itself whether a passkey is made (it names the user) or used.
 */
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const { form } = button;
    button.closest("[data-needs-passkey]").hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const answer = await fetch(button.dataset.passkey, { method: "POST", body: new FormData(form) });
        const { publicKey } = await answer.json();
        const credential = publicKey.user
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        // Cancelled, or no passkey on this device: nothing was sent, and the text beside the button says what else to do.
        button.disabled = false;
        form.querySelector("[data-passkey-failed]").hidden = false;
      }
    });
  }
}
