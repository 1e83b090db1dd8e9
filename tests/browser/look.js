// What a careful person would object to on the page as it stands; returns a list of sentences. Colours are compared as WCAG 2 computes them.
(least) => {
  const told = [];
  const shown = (node) => {
    if (!node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > 0 && box.bottom + scrollY > 0;
  };
  const name = (node) => `<${node.tagName.toLowerCase()}${node.id ? ` id=${node.id}` : ""}${node.className?.baseVal ?? node.className ? ` class="${node.className.baseVal ?? node.className}"` : ""}>`;
  const words = (node) => (node.innerText ?? node.textContent ?? "").trim().slice(0, 40);

  // Colours
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const parse = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => { const [high, low] = [light(one), light(other)].sort((a, b) => b - a); return (high + 0.05) / (low + 0.05); };
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const painted = (node) => {
    // Text in a chart stands on the last shape drawn before it that lies under its middle.
    const box = node.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    let below = ground(node.ownerSVGElement.parentElement);
    for (const shape of node.ownerSVGElement.querySelectorAll("rect, circle, path, polygon")) {
      if (shape.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) continue;
      const area = shape.getBoundingClientRect(), fill = getComputedStyle(shape).fill;
      if (fill.startsWith("rgb") && area.left <= x && x <= area.right && area.top <= y && y <= area.bottom) below = over(parse(fill), below);
    }
    return below;
  };
  const judge = (node, style, text, told) => {
    const svg = node instanceof SVGElement;
    const halo = svg && style.paintOrder.startsWith("stroke") && style.stroke.startsWith("rgb");
    const below = halo ? parse(style.stroke) : svg ? painted(node) : ground(node);
    const colour = over(parse(svg ? style.fill : style.color), below);
    const value = contrast(colour, below);
    if (value < least - 0.005) told.add(`对比度 ${value.toFixed(2)}：${name(node)}“${text.slice(0, 20)}”`);
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), node = walker.currentNode.parentElement;
    if (!text || !node || node.closest("script, style, noscript, option") || !shown(node)) continue;
    if (node instanceof SVGElement && node.tagName !== "text" && node.tagName !== "tspan") continue;
    judge(node, getComputedStyle(node), text, faint);
  }
  document.querySelectorAll("input, textarea").forEach((field) => {
    if (!shown(field)) return;
    if (field.placeholder && !field.value) judge(field, getComputedStyle(field, "::placeholder"), field.placeholder, faint);
    else if (field.value && !["checkbox", "radio", "hidden"].includes(field.type)) judge(field, getComputedStyle(field), field.value, faint);
  });
  told.push(...faint);

  // Names that a screen reader would say
  document.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((field) => {
    if (!field.checkVisibility()) return;
    const label = [...(field.labels ?? [])].map((item) => item.textContent.trim()).join("") || field.getAttribute("aria-label") || field.getAttribute("aria-labelledby");
    if (!label && !["submit", "button", "reset"].includes(field.type)) told.push(`没有标签的输入框：${name(field)} name=${field.name}`);
  });
  document.querySelectorAll("a[href], button, summary").forEach((node) => {
    if (shown(node) && !node.textContent.trim() && !node.getAttribute("aria-label") && !node.title) told.push(`没有文字的按钮或链接：${name(node)}`);
  });
  document.querySelectorAll("img").forEach((node) => { if (!node.hasAttribute("alt")) told.push(`图片没有说明：${node.src}`); });
  document.querySelectorAll("img").forEach((node) => { if (node.complete && !node.naturalWidth) told.push(`图片打不开：${node.src}`); });
  document.querySelectorAll("iframe").forEach((node) => { if (!node.title) told.push(`内嵌页没有标题：${node.src}`); });
  const heads = document.querySelectorAll("h1");
  if (heads.length !== 1) told.push(`应有一个 h1，现有 ${heads.length} 个`);
  if (!document.documentElement.lang.startsWith("zh")) told.push("没有写明语言");
  if (!document.title.trim() || document.title.trim().startsWith("·")) told.push(`页面没有标题：${document.title}`);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => told.push(`重复的 id：${id}`));
  document.querySelectorAll("table").forEach((table) => {
    if (shown(table) && table.rows.length > 2 && !table.querySelector("th") && !table.closest(".sheet, .excerpt, .manual, .papers")) told.push(`表格没有表头：${name(table)} ${words(table)}`);
  });
  return told;
}
