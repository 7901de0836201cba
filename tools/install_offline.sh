#!/usr/bin/env bash
# Installs the program into .venv from a folder made by wheelhouse.sh; reaches no network.
set -euo pipefail

[ $# -eq 1 ] && [ -d "$1" ] || { echo "用法：tools/install_offline.sh 软件包文件夹" >&2; exit 2; }
PIP_FIND_LINKS=$(realpath "$1")
export PIP_FIND_LINKS PIP_NO_INDEX=1 # the build of the editable package obeys them too
cd "$(dirname "$0")/.."
python=${PYTHON:-python3.11}
torch=$(sed -n 's/^TORCH := //p' Makefile)

"$python" -m venv .venv
.venv/bin/pip install --quiet --no-compile "$torch"
.venv/bin/pip install --quiet --no-compile --constraint requirements.txt --editable .
echo "已安装。启动：.venv/bin/jiwen serve"
