#!/bin/sh
# Set up .venv: Python packages pinned by constraints.txt, and a Chromium for pages that need one. Safe to run again.
set -eu
venv="$1"
python="${PYTHON:-python3}"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本；当前 $("$python" --version 2>&1)。可用 make PYTHON=/路径/python3.11 指定。" >&2; exit 2; }
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || { echo "无法建立虚拟环境 $venv。Debian/Ubuntu 请先安装 python3-venv。" >&2; exit 2; }
echo "安装依赖（首次约一两分钟）……" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]" 2>"$venv/pip.log" \
  || { grep -v '^WARNING: Location' "$venv/pip.log" >&2; echo "依赖安装失败，详见 $venv/pip.log。请检查能否访问 Python 软件包仓库。" >&2; exit 2; }
"$venv/bin/python" -m compileall -q core crawler checks reports service demo
"$venv/bin/python" -m core.rules --keep >/dev/null
"$venv/bin/python" -m crawler.browser >/dev/null 2>&1 && exit 0
echo "没有找到 Chromium/Chrome/Edge，尝试安装……" >&2
"$venv/bin/python" -m playwright install chromium >"$venv/browser.log" 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo -n"
  { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends chromium; } >>"$venv/browser.log" 2>&1 || true
elif command -v dnf >/dev/null 2>&1; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo dnf install -y chromium >>"$venv/browser.log" 2>&1 || true
fi
"$venv/bin/python" -m crawler.browser >/dev/null 2>&1 \
  || echo "没有浏览器，需要执行脚本的网页将报“未能核实”。请安装 Chromium，或用 XUNCHA_CHROMIUM 指明它的路径（详见 $venv/browser.log）。" >&2
