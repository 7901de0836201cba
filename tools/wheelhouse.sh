#!/usr/bin/env bash
# Collects every package the program needs in a folder, for machines without a network.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -eq 1 ] || { echo "用法：tools/wheelhouse.sh 文件夹" >&2; exit 2; }
python=${PYTHON:-python3.11}
torch=$(sed -n 's/^TORCH := //p' Makefile)

mkdir -p "$1"
# Torch comes by itself first: nothing that follows may choose another build of it.
"$python" -m pip wheel --quiet --wheel-dir "$1" "$torch"
needed=$("$python" - <<'PYTHON'
import tomllib

project = tomllib.load(open("pyproject.toml", "rb"))
print("\n".join(project["project"]["dependencies"] + project["build-system"]["requires"]))
PYTHON
)
mapfile -t needed <<<"$needed"
"$python" -m pip wheel --quiet --wheel-dir "$1" --find-links "$1" \
    --constraint requirements.txt "${needed[@]}"
echo "已收集 $(find "$1" -name '*.whl' | wc -l) 个软件包，共 $(du -sh "$1" | cut -f1)。"
