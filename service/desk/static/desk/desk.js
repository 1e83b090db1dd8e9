// Keys, choosing many, and small comforts. Every page works without this file.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  document.documentElement.classList.add("script");

  // A select that sends its form when changed (month picker, filters).
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-submit]")) field.form.requestSubmit();
    if (field.matches("[data-all]")) $$(field.dataset.all).forEach((box) => { box.checked = field.checked; });
    if (field.matches("input[type=checkbox]")) countChosen();
  });

  // Only one question at a time: a button that needs a second yes.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // Close the cards that open from a summary when one clicks elsewhere.
  document.addEventListener("click", (event) => {
    $$("details.who[open], details.pop[open]").forEach((card) => { if (!card.contains(event.target)) card.open = false; });
  });

  function countChosen() {
    const bar = $("[data-chosen]");
    if (!bar) return;
    const chosen = $$("[data-row] input[type=checkbox]:checked").length;
    bar.hidden = chosen === 0 && !$("[name=all]", bar)?.checked;
    $$("[data-chosen-count]", bar).forEach((place) => { place.textContent = chosen; });
  }

  // The list of findings by keyboard.
  const rows = () => $$("[data-row]");
  const current = () => rows().findIndex((row) => row.classList.contains("current"));
  function go(step) {
    const all = rows();
    if (!all.length) return;
    const next = Math.min(Math.max(current() + step, 0), all.length - 1);
    all.forEach((row, index) => row.classList.toggle("current", index === next));
    all[next].scrollIntoView({ block: "nearest" });
    const link = $("a[data-open]", all[next]);
    link.focus({ preventScroll: true });
    if ($("#beside:not([hidden])")?.childElementCount) link.click();
  }
  const here = () => rows()[Math.max(current(), 0)];
  const decision = (value) => {
    const field = $(`#beside [name=decision][value="${value}"], .verdict-form [name=decision][value="${value}"]`);
    if (!field) return false;
    field.checked = true;
    (field.closest("form").elements.reason || field).focus();
    return true;
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => { const box = here() && $("input[type=checkbox]", here()); if (box) { box.checked = !box.checked; countChosen(); } },
    e: () => decision("确认") || decision("已整改") || (here() && $("a[data-open]", here()).click()),
    n: () => decision("误报") || decision("申诉") || (here() && $("a[data-open]", here()).click()),
    "?": () => $("#keys").showModal(),
    Escape: () => $("#beside [data-close]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const action = keys[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) $("#keys").showModal();
    const row = event.target.closest("[data-row]");
    if (row) rows().forEach((other) => other.classList.toggle("current", other === row));
  });

  // Progress of parts, and words when the desk does not answer.
  const line = $("#progress");
  document.addEventListener("htmx:beforeRequest", () => line.classList.add("busy"));
  document.addEventListener("htmx:afterRequest", () => line.classList.remove("busy"));
  const complain = (text) => {
    const box = document.createElement("div");
    box.className = "message message-error";
    box.textContent = text;
    $("#messages")?.replaceChildren(box);
  };
  document.addEventListener("htmx:sendError", () => complain("没有连上工作台，刚才的操作没有完成。请检查网络后重试。"));
  document.addEventListener("htmx:responseError", (event) => complain(
    event.detail.xhr.status === 403 ? "没有权限，或页面打开太久。请刷新页面后重试。" : "工作台没有完成这个操作，数据没有改动。请刷新页面后重试。"));
  document.addEventListener("htmx:afterSwap", () => {
    const open = $("#beside")?.dataset.uid;
    if (open !== undefined) {
      rows().forEach((row) => row.classList.toggle("current", row.dataset.row === open));
      $(".findings-page")?.classList.toggle("with-beside", Boolean(open));
    }
    countChosen();
    showPlaces();
  });
  // A wide table scrolls sideways to the place that was found.
  function showPlaces() {
    $$(".excerpt .scroll").forEach((box) => {
      const place = $("mark.here", box);
      if (!place) return;
      const [at, frame] = [place.getBoundingClientRect(), box.getBoundingClientRect()];
      box.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
    });
  }
  countChosen();
  showPlaces();
})();
