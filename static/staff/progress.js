/*
 * <section data-progress> is fetched anew every two seconds until it says no more that work is going on; then the
 * page is opened again. Without this file the link in it does the same by hand.
 */
const area = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return setTimeout(look, 5000);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
  if (!fresh) return location.reload();
  for (const name of ["progress", "[role=status]"]) area.querySelector(name).replaceWith(fresh.querySelector(name));
  setTimeout(look, 2000);
}

if (area) setTimeout(look, 2000);
