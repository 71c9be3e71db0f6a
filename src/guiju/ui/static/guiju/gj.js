// Progressive helpers only: every page works as plain HTML and forms; HTMX swaps fragments.
(() => {
  "use strict";
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const english = root.lang === "en";
  const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  if (root.dataset.theme === "system") {
    root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  // Palette: a dialog that gives focus back.
  let opener = null;
  const palette = () => document.getElementById("pal");
  const togglePalette = (show) => {
    const box = palette();
    if (!box) return;
    box.hidden = !show;
    if (show) { opener = document.activeElement; box.querySelector("input").focus(); } else if (opener) opener.focus();
  };

  // Countdown: minutes tick from the due time; what the state is comes from the server.
  const span = (seconds) => {
    const d = Math.floor(seconds / 86400), h = Math.floor(seconds % 86400 / 3600), m = Math.floor(seconds % 3600 / 60);
    const unit = english ? [" d", " h", " min"] : ["天", "小时", "分"];
    const parts = d ? [[d, 0], [h, 1]] : h ? [[h, 1], [m, 2]] : [[m, 2]];
    const text = parts.filter(([n]) => n).map(([n, u]) => n + unit[u]).join(" ");
    return text || (english ? "under 1 min" : "不到 1分");
  };
  const tick = () => document.querySelectorAll("[data-due]").forEach((el) => {
    const left = (Date.parse(el.dataset.due) - Date.now()) / 1000;
    const text = span(Math.abs(left));
    el.textContent = english ? text + (left > 0 ? " left" : " overdue") : (left > 0 ? "还剩 " : "逾期 ") + text;
  });

  // Charts: data come as JSON beside their box.
  const axis = (extra) => Object.assign({
    axisLine: { lineStyle: { color: css("--gj-line-2") } }, axisTick: { show: false },
    axisLabel: { color: css("--gj-ink-2"), fontSize: 12 }, splitLine: { lineStyle: { color: css("--gj-grid") } },
  }, extra);
  const chart = (box) => {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const drawn = echarts.init(box, null, { renderer: "svg" });
    drawn.setOption({
      animation: false, aria: { enabled: true }, textStyle: { color: css("--gj-ink-2"), fontSize: 12 },
      color: ["--gj-c1", "--gj-c5", "--gj-c3", "--gj-c4"].map(css),
      grid: { left: 44, right: 12, top: 30, bottom: 28 }, legend: { right: 0, textStyle: { color: css("--gj-ink-2") } },
      xAxis: axis({ type: "category", data: data.labels }), yAxis: axis({ type: "value", minInterval: 1 }),
      series: data.series.map((s) => ({ type: "bar", stack: data.stack ? "all" : undefined, name: s.name, data: s.data, barMaxWidth: 28 })),
    });
    addEventListener("resize", () => drawn.resize());
    addEventListener("beforeprint", () => drawn.resize());
  };

  const rows = () => [...document.querySelectorAll(".gj-duty, .gj-table tbody tr[tabindex]")];
  const current = () => document.querySelector(".gj-duty.is-focus, tr.is-focus");
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    all.forEach((row) => row.classList.remove("is-focus"));
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    next.classList.add("is-focus");
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => move(1), k: () => move(-1),
    Enter: () => current()?.querySelector("a")?.click(),
    e: () => current()?.querySelector(".act a, .act button")?.click(),
    w: () => (current() ?? document).querySelector(".btn-why")?.click(),
    c: () => document.querySelector("[data-key=c]")?.click(),
    "/": () => document.querySelector("[data-list-search]")?.focus(),
  };
  addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key === "k") { event.preventDefault(); togglePalette(palette()?.hidden); return; }
    if ((event.metaKey || event.ctrlKey) && event.key === "Enter") { event.target.closest("form")?.requestSubmit(); return; }
    if (event.key === "Escape") { togglePalette(false); document.getElementById("why")?.replaceChildren(); return; }
    if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey || root.dataset.keys === "off") return;
    if (event.key === "Enter" && event.target.closest("a, button")) return;
    if (keys[event.key]) { if (event.key === "/") event.preventDefault(); keys[event.key](); }
  });

  // A form is sent once; its button says so until the answer is here.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") {
      form.dataset.sent = "1";
      form.querySelectorAll("button[type=submit], button:not([type])").forEach((b) => b.setAttribute("aria-disabled", "true"));
      setTimeout(() => { delete form.dataset.sent; }, 8000);
    }
  });

  const start = (scope) => {
    scope.querySelectorAll("[data-palette]").forEach((b) => b.addEventListener("click", () => togglePalette(true)));
    scope.querySelectorAll("[data-chart]").forEach((box) => { if (!box.dataset.drawn) { box.dataset.drawn = "1"; chart(box); } });
    scope.querySelectorAll("[data-submit-on-change]").forEach((el) => el.addEventListener("change", () => el.form.requestSubmit()));
    scope.querySelectorAll("[data-close]").forEach((el) => el.addEventListener("click", () => document.querySelector(el.dataset.close)?.replaceChildren()));
    scope.querySelectorAll("[data-add-row]").forEach((el) => el.addEventListener("click", () => {
      const list = document.getElementById(el.dataset.addRow);
      const copy = list.lastElementChild.cloneNode(true);
      const number = list.children.length;
      copy.querySelectorAll("[name]").forEach((input) => { input.name = input.name.replace(/\.\d+\./, "." + number + "."); input.value = ""; input.id = input.id.replace(/-\d+-/, "-" + number + "-"); });
      copy.querySelectorAll("label[for]").forEach((l) => { l.htmlFor = l.htmlFor.replace(/-\d+-/, "-" + number + "-"); });
      list.append(copy);
      copy.querySelector("input, select, textarea")?.focus();
    }));
    scope.querySelectorAll("[role=alert][tabindex]").forEach((note) => note.focus());
    scope.querySelectorAll(".gj-stages [aria-current], .gj-views [aria-current]").forEach((c) => { c.parentElement.scrollLeft = c.offsetLeft - c.parentElement.offsetLeft - 90; });
  };
  addEventListener("DOMContentLoaded", () => { start(document); tick(); setInterval(tick, 60000); });
  addEventListener("htmx:load", (event) => start(event.target));
  addEventListener("htmx:beforeSwap", (event) => { if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; } });
})();
