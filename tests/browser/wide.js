// What sticks out sideways: nothing where the page fits its window.
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const told = [...document.body.querySelectorAll("*")].filter((node) => {
    const box = node.getBoundingClientRect();
    if (box.width === 0 || box.right <= root.clientWidth + 1) return false;
    for (let at = node.parentElement; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== "visible") return false;
    }
    return true;
  });
  const name = (node) => `<${node.tagName.toLowerCase()} class="${node.className?.baseVal ?? node.className}">到 ${Math.round(node.getBoundingClientRect().right)}`;
  return [`页面宽 ${root.scrollWidth}，窗口宽 ${root.clientWidth}：${told.slice(-3).map(name).join("；")}`];
}
