/*
 * Offers names while one types into a search field; the page's own search works without it.
 *   <div class="combobox" data-offers="address" data-none="…" data-some="…"><input name="q" …></div>
 * The address answers ?q=… with {"offers": [{"name": "…", "note": "…"}]}. Choosing one searches for it.
 */
const announce = (text) => (document.getElementById("announcer").textContent = text);

for (const box of document.querySelectorAll(".combobox")) {
  const input = box.querySelector("input");
  const list = document.createElement("ul");
  list.id = `${input.id}-offers`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${input.id}"]`).textContent);
  box.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  let timer, request, active = -1;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    input.value = option.dataset.name;
    close();
    input.form.requestSubmit();
  }

  function move(to) {
    const options = [...list.children];
    active = (to + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", number === active));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function show(offers) {
    list.replaceChildren(...offers.map(({ name, note }, number) => {
      const option = document.createElement("li");
      const small = document.createElement("span");
      option.id = `${list.id}-${number}`;
      option.dataset.name = name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      small.className = "note";
      small.textContent = note;
      option.append(`${name} `, small);
      return option;
    }));
    active = -1;
    list.hidden = offers.length === 0;
    input.setAttribute("aria-expanded", String(offers.length > 0));
    announce(offers.length ? box.dataset.some : box.dataset.none);
  }

  async function offer() {
    request?.abort();
    if (!input.value.trim()) return close();
    request = new AbortController();
    try {
      const address = `${box.dataset.offers}?${new URLSearchParams({ q: input.value })}`;
      const response = await fetch(address, { signal: request.signal });
      // Somebody may have left the field, or signed out, in the meantime.
      if (response.ok && !response.redirected && document.activeElement === input) show((await response.json()).offers);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, 250);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active < 0 ? -1 : active - 1);
    else if (event.key === "Enter" && active >= 0) choose(list.children[active]);
    else return;
    event.preventDefault();
  });
  // Before the field loses its focus.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => choose(target.closest("[role=option]")));
  input.addEventListener("blur", close);
}
