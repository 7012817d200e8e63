{
  const search = byId("search"), detail = byId("detail"), which = byId("which");
  const rows = [...document.querySelectorAll(".rows tbody tr")];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  // So many rows of a table are shown until somebody asks for all, or searches.
  const FIRST = 40;
  const whole = new Set();
  let kind = "";

  // Shows the rows that match; of the interface those of the chosen kind.
  const filter = () => {
    const needle = search.value.trim().toLowerCase();
    let found = 0;
    for (const row of rows) {
      const group = row.closest(".kind");
      const isMeant = !kind || !group || group.dataset.kind === kind;
      const isEarly = needle || row.sectionRowIndex < FIRST || whole.has(row.parentNode);
      row.hidden = !(isMeant && isEarly && texts.get(row).includes(needle));
      if (!row.hidden) found += 1;
    }
    for (const more of document.querySelectorAll(".more")) more.hidden = Boolean(needle);
    for (const group of document.querySelectorAll(".kind")) {
      group.hidden = !group.querySelector("tbody tr:not([hidden])");
    }
    detail.textContent = needle ? found + (found === 1 ? " row matches" : " rows match") : "";
  };

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { search.value = ""; filter(); }
  });
  which.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    kind = chosen.value;
    for (const button of which.children) button.setAttribute("aria-pressed", String(button === chosen));
    filter();
  });

  for (const body of document.querySelectorAll(".rows tbody")) {
    if (body.rows.length <= FIRST) continue;
    const more = make("button", { type: "button", className: "more" }, "Show all " + body.rows.length);
    more.addEventListener("click", () => { whole.add(body); more.remove(); filter(); });
    body.closest(".scroll").after(more);
  }
  filter();
}
