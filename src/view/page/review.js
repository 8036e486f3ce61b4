// SPDX-License-Identifier: MIT
// Marks on the pages to review by, on top of page.js. A page cannot move photos: what is marked is
// given as a list, or as commands that do it.
"use strict";

{
  const bar = $("#marks");
  const template = $("#mark");
  const reasons = $("#reasons");
  const choice = $("select", reasons);
  const list = $("#list");
  const form = $("select", list);
  const output = $("textarea", list);
  // So many photos are named in one command.
  const AT_ONCE = 50;
  let asked = null;
  let shownMark = "";

  // ---- remembered until the tab is closed ----

  const place = `idphotofs ${location.pathname}`;

  function identity(card) {
    return `${$(".number", card).textContent} ${card.dataset.photo}`;
  }

  function save() {
    const marks = cards.filter((card) => card.dataset.mark)
      .map((card) => [identity(card), card.dataset.mark, card.dataset.reason]);
    try {
      sessionStorage.setItem(place, JSON.stringify(marks));
    } catch {
      // A browser that keeps nothing forgets the marks with the page.
    }
  }

  function restore() {
    let marks = [];
    try {
      marks = JSON.parse(sessionStorage.getItem(place)) || [];
    } catch {
      return;
    }
    const known = new Map(cards.map((card) => [identity(card), card]));
    for (const [id, what, reason] of marks) {
      if (known.has(id)) {
        put(known.get(id), what, reason);
      }
    }
  }

  // ---- one mark ----

  function optionOf(code) {
    return Array.from(choice.options).find((option) => option.value === code);
  }

  function put(card, what, reason = "") {
    card.dataset.mark = what;
    card.dataset.reason = reason;
    for (const button of all("[data-mark]", card)) {
      button.setAttribute("aria-pressed", String(button.dataset.mark === what));
    }
    $(".mark span", card).textContent = reason ? optionOf(reason).textContent : "";
  }

  function refresh() {
    let n = 0;
    for (const button of all("[data-show]", bar)) {
      const marked = cards.filter((card) => card.dataset.mark === button.dataset.show).length;
      $("b", button).textContent = marked;
      button.setAttribute("aria-pressed", String(shownMark === button.dataset.show));
      n += marked;
    }
    bar.hidden = n === 0;
    document.body.classList.toggle("marked", n > 0);
  }

  function showMarked(what) {
    shownMark = what;
    also = (card) => what === "" || card.dataset.mark === what;
    apply();
    refresh();
  }

  // Marks the card, and goes on to the next.
  function mark(card, what, reason) {
    const next = visible[visible.indexOf(card) + 1];
    put(card, what, reason);
    save();
    if (cards.every((one) => !one.dataset.mark)) {
      shownMark = "";
    }
    showMarked(shownMark);
    if (large.open) {
      open(what !== "" && next ? next : card);
    } else {
      select(what !== "" && next ? next : card, true);
    }
  }

  // What is marked already stays so.
  function approveShown() {
    for (const card of visible.filter((one) => !one.dataset.mark)) {
      put(card, "approve");
    }
    save();
    showMarked(shownMark);
  }

  function ask(card, what) {
    if (what !== "reject") {
      mark(card, what);
      return;
    }
    asked = card;
    choice.value = card.dataset.reason || choice.value || choice.options[0].value;
    reasons.showModal();
    choice.focus();
  }

  function choose() {
    reasons.close();
    mark(asked, "reject", choice.value);
  }

  // ---- the list ----

  // Target folder -> what is to be moved there.
  function groups() {
    const found = new Map();
    const { approved, rejected, point } = bar.dataset;
    for (const card of cards.filter((one) => one.dataset.mark)) {
      const reason = card.dataset.reason && optionOf(card.dataset.reason);
      const from = point || $(".point", card).textContent;
      const to = reason ? `${rejected}/${reason.dataset.folder}/` : `${approved}/${from}/`;
      const key = `${to} ${from}`;
      if (!found.has(key)) {
        found.set(key, { to, from, code: reason ? reason.value : "", numbers: [] });
      }
      found.get(key).numbers.push($(".number", card).textContent);
    }
    return Array.from(found.values());
  }

  function quoted(text) {
    return `'${text.replaceAll("'", "'\\''")}'`;
  }

  function inPieces(numbers, line) {
    const lines = [];
    for (let i = 0; i < numbers.length; i += AT_ONCE) {
      lines.push(line(numbers.slice(i, i + AT_ONCE)));
    }
    return lines.join("\n");
  }

  const forms = {
    names: ({ to, numbers }) => [`${to}  (${numbers.length})`, ...numbers.map((n) => `${n}.jpg`), ""].join("\n"),
    moves: ({ to, from, numbers }) => inPieces(numbers, (some) =>
      ["mv", "--", ...some.map((n) => quoted(`${bar.dataset.pending}/${from}/${n}.jpg`)), quoted(to)].join(" ")),
    commands: ({ from, code, numbers }) => inPieces(numbers, (some) =>
      ["idphotoctl", "review", ...(code ? ["reject", `--reason=${code}`] : ["approve"]),
        quoted(`--point=${from}`), ...some].join(" ")),
  };

  function fillList() {
    const lines = groups().map(forms[form.value]);
    output.value = [...(form.value === "moves" ? [bar.dataset.comment] : []), ...lines].join("\n");
    output.scrollTop = 0;
  }

  async function copy(button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(output.value);
    } catch {
      output.select();
      if (!document.execCommand("copy")) {
        return;
      }
    }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  // ---- events ----

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) {
      return;
    }
    const { mark: what, show: which } = button.dataset;
    const card = button.closest(".card") || opened;
    if (what) {
      ask(card, card.dataset.mark === what ? "" : what);
    } else if (which) {
      showMarked(shownMark === which ? "" : which);
    } else if ("all" in button.dataset) {
      approveShown();
    } else if ("list" in button.dataset) {
      fillList();
      list.showModal();
    } else if ("clear" in button.dataset) {
      cards.forEach((one) => put(one, ""));
      save();
      showMarked("");
    } else if ("choose" in button.dataset) {
      choose();
    } else if ("copy" in button.dataset) {
      copy(button);
    } else if ("close" in button.dataset && button.closest("#reasons, #list")) {
      button.closest("dialog").close();
    }
  });
  form.addEventListener("change", fillList);
  choice.addEventListener("dblclick", choose);
  choice.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      choose();
    }
  });

  document.addEventListener("keydown", (event) => {
    const onCard = large.open ? opened : document.activeElement && document.activeElement.closest(".card");
    const what = { a: "approve", r: "reject", u: "" }[event.key];
    if (what === undefined || !onCard || event.ctrlKey || event.altKey || event.metaKey ||
        $("dialog[open]:not(#large)") || event.target.closest("input, select, textarea")) {
      return;
    }
    event.preventDefault();
    ask(onCard, what);
  });

  // ---- start ----

  for (const card of cards) {
    const copyOf = template.cloneNode(true);
    copyOf.removeAttribute("id");
    copyOf.hidden = false;
    $(".text", card).prepend(copyOf);
  }
  $("#all").hidden = cards.length === 0;
  restore();
  refresh();
}
