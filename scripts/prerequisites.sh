#!/usr/bin/env bash
# Checks what is needed to build, installs what Debian has of it, and names the rest.
# With --lint also what the lints need.
set -euo pipefail

packages=()
have_library() { # name of a shared library, in any of the usual places
    compgen -G "/usr/lib/llvm-*/lib/$1*" >/dev/null ||
        compgen -G "/usr/lib/*/$1*" >/dev/null ||
        compgen -G "/usr/lib64/$1*" >/dev/null ||
        compgen -G "${LIBCLANG_PATH:-/nowhere}/$1*" >/dev/null
}
command -v make >/dev/null || packages+=(make)
command -v c++ >/dev/null || packages+=(g++)
command -v clang >/dev/null || packages+=(clang)
have_library libclang || packages+=(libclang-dev)
if [ "${1:-}" = --lint ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
fi

# What the client examples run in. Those whose runtime cannot be had are left out, and say so.
runtimes=()
if [ "${1:-}" = --lint ]; then
    command -v node >/dev/null || runtimes+=(nodejs)
    command -v npm >/dev/null || runtimes+=(npm)
    command -v jq >/dev/null || runtimes+=(jq)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || runtimes+=(chromium)
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
fi
can_install() { command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; }
install() {
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if [ "${#packages[@]}" -gt 0 ]; then
    echo "needed and missing: ${packages[*]}"
    if ! can_install; then
        echo "please install: ${packages[*]}" >&2
        echo "on Debian: sudo apt-get install ${packages[*]}" >&2
        exit 1
    fi
    install "${packages[@]}"
fi
if [ "${#runtimes[@]}" -gt 0 ]; then
    echo "missing for the client examples: ${runtimes[*]}"
    if ! can_install || ! install "${runtimes[@]}"; then
        echo "not installed: the client examples that need it are left out"
    fi
fi

if ! command -v cargo >/dev/null; then
    echo "please install Rust 1.90 or later: https://rustup.rs" >&2
    exit 1
fi
