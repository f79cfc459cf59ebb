# SPDX-License-Identifier: MIT
# Debian's names of what the build and the tests need; sourced.
# shellcheck disable=SC2034

BUILD_PACKAGES='gcc libc6-dev make autoconf automake libtool pkg-config ca-certificates
libltdl-dev libyaml-dev libcurl4-openssl-dev libcjson-dev libarchive-dev libgit2-dev
libpcre2-dev libssl-dev libmicrohttpd-dev libexpat1-dev'

# A Podman that works rootless.
ENGINE_PACKAGES='podman crun conmon netavark aardvark-dns slirp4netns uidmap iptables'

TEST_PACKAGES="$ENGINE_PACKAGES docker.io runc iproute2 busybox-static docker-registry
apache2-utils openssl curl jq procps util-linux g++ clang clang-format llvm
libclang-rt-14-dev cppcheck shellcheck mandoc valgrind xz-utils git dash bash
tmux zsh fish python3-minimal binutils abigail-tools openssh-client openssh-server"
# 32-bit layouts are checked where the machine's compiler can make them.
case $(uname -m) in x86_64) TEST_PACKAGES="$TEST_PACKAGES gcc-multilib" ;; esac

# Installs those of the packages that are not there yet.
install_packages() {
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "please install the equivalents of these Debian packages:$missing" >&2
		return 1
	fi
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	# shellcheck disable=SC2086
	said=$($as_root apt-get update -q 2>&1 &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install \
			-y -q --no-install-recommends $missing 2>&1) || {
		printf '%s\n' "$said" "could not install:$missing" >&2
		return 1
	}
}
