// Filters the claims and folds their parts. Without this script the whole report is there to read.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const byId = (id) => document.getElementById(id);
  const articles = [...document.querySelectorAll("article.claim")];
  const groups = [...document.querySelectorAll(".paper, section.group")];
  const details = () => [...document.querySelectorAll("article.claim details, #gaps details")];
  const fields = { paper: byId("filter-paper"), verdict: byId("filter-verdict"), tier: byId("filter-tier"), standing: byId("filter-standing") };
  const words = byId("filter-text");
  const place = byId("filter-place");
  const inputs = { text: words, place, ...fields };
  const plain = (text) => ` ${text.toLowerCase().replace(/[^\w.]+/g, " ").trim()} `.replace(/^ +$/, "");
  const texts = new Map();

  // What is folded waits as text in a noscript element and becomes elements when it is opened or printed.
  const unfold = (part) => part.querySelectorAll(":scope > noscript").forEach((later) => (later.outerHTML = later.textContent));
  document.addEventListener("toggle", (event) => event.target.open && unfold(event.target), true);

  const textOf = (article) => {
    if (!texts.has(article)) texts.set(article, article.textContent.replace(/<[^>]*>/g, " ").toLowerCase());
    return texts.get(article);
  };

  const filter = () => {
    const at = plain(place.value);
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const article of articles) {
      const fits =
        Object.entries(fields).every(([key, field]) => !field || !field.value || article.dataset[key] === field.value) &&
        plain(article.dataset.place).includes(at) &&
        wanted.every((word) => textOf(article).includes(word));
      article.hidden = !fits;
      shown += fits;
    }
    for (const group of groups) group.hidden = !group.querySelector("article.claim:not([hidden])");
    byId("filter-count").value = `${shown} of ${articles.length}`;
  };

  // The filters stand in the address, so that a view can be handed on.
  const keep = () => {
    const view = new URLSearchParams();
    for (const [key, field] of Object.entries(inputs)) if (field && field.value) view.set(key, field.value);
    history.replaceState(null, "", `#claims${`${view}` && `?${view}`}`);
  };
  const changed = () => {
    filter();
    keep();
  };

  // What comes near takes its true height only when it is drawn: then the target has moved.
  const goTo = (target) => {
    target.scrollIntoView();
    requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
  };

  // A link to a view sets the filters; a link to a claim that they hide lifts them.
  const reveal = () => {
    const [name, query] = location.hash.slice(1).split("?");
    const target = byId(name);
    const hidden = target && target.closest("article[hidden], .group[hidden]");
    if (query !== undefined && name === "claims") {
      const view = new URLSearchParams(query);
      for (const [key, field] of Object.entries(inputs)) if (field) field.value = view.get(key) || "";
      filter();
    } else if (hidden) {
      for (const field of Object.values(inputs)) if (field) field.value = "";
      filter();
    }
    if (target && target.matches("details")) target.open = true;
    if (target && (hidden || query !== undefined)) goTo(target);
  };

  const fold = (open) => details().forEach((part) => (part.open = open));

  let before = [];
  addEventListener("beforeprint", () => {
    const foldable = [...details(), ...document.querySelectorAll(".experiment details, .absents")];
    before = foldable.filter((part) => !part.open && !part.classList.contains("aloof")); // too long for paper
    before.forEach((part) => {
      unfold(part);
      part.open = true;
    });
  });
  addEventListener("afterprint", () => before.forEach((part) => (part.open = false)));

  Object.values(inputs).forEach((field) => field && field.addEventListener("input", changed));
  byId("open-all").addEventListener("click", () => fold(true));
  byId("close-all").addEventListener("click", () => fold(false));
  addEventListener("hashchange", reveal);
  document.querySelector(".theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  filter();
  reveal();
})();
