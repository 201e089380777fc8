/*
 * A part of a page that keeps up with what happens, and a button that stops it. Without this file the page has a link
 * that loads it anew, and the button stays hidden.
 *   <div id="ideas" data-refresh="10">                                     every ten seconds
 *   <button hidden data-refresh-pause="ideas" data-label-paused="…">…      stops and starts it
 */
for (const button of document.querySelectorAll("button[data-refresh-pause]")) {
  const id = button.dataset.refreshPause;
  const labels = [button.textContent, button.dataset.labelPaused];
  let isPaused = false;
  button.hidden = false;
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = labels[Number(isPaused)];
    if (!isPaused) refresh();
  });

  async function refresh() {
    const part = document.getElementById(id);
    // Whoever is on a button in it keeps that button.
    if (isPaused || document.hidden || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (fresh && !isPaused) part.replaceWith(fresh);
  }

  setInterval(refresh, Number(document.getElementById(id).dataset.refresh) * 1000);
}
