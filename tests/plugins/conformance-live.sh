# SPDX-License-Identifier: MIT
# Each backend passes the conformance suite on its real engine.  What does not
# pass or is skipped is listed in the plugin's manual page, with the reason.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"

TIMEOUT=900

# The checks that a page lists: ".It L25 L26", or ".It L25 L26 Pq ENGINE" where
# only one engine lacks them.
listed() { # PLUGIN ENGINE
	sed -n 's/^\.It \([SL][0-9].*\)/\1/p' "$srcdir/plugins/$1/cirrus-backend-$1.7" | while read -r line; do
		case $line in
		*" Pq $2") line=${line% Pq *} ;;
		*' Pq '*) continue ;;
		esac
		echo "$line" | tr ' ' '\n'
	done | sort
}

conforms() {
	plugin=$builddir/plugins/$2/.libs/cirrus-$2.so
	need "$1"
	# a temporary directory that the other user can write to
	on "$1" env TMPDIR=/tmp "$builddir/cirrus-backend-check" \
		-o host="$3" --image="$TEST_IMAGE" --stress=3 \
		--pull-image="$TEST_REGISTRY/$TEST_IMAGE" \
		--auth-image="$TEST_REGISTRY_AUTH/$TEST_IMAGE" \
		--user="$TEST_REGISTRY_USER" --password="$TEST_REGISTRY_PASSWORD" \
		"$plugin"
	sed -n -e 's/^not ok [0-9]* - \([SL][0-9]*\) .*/\1/p' \
		-e 's/^ok [0-9]* - \([SL][0-9]*\) .*# SKIP.*/\1/p' "$OUT" | sort >lacking
	listed "$2" "$1" >listed
	comm -23 lacking listed >surprises
	[ ! -s surprises ] || fail "not listed in the page of $2: $(tr '\n' ' ' <surprises)"
	# the session, without which nothing runs fast, is not among the skipped
	assert_out_has '^ok [0-9]* - L61 [^#]*$'
}

docker_conforms() { conforms docker docker "${TEST_DOCKER_HOST:-}"; }
rootful_conforms() { conforms rootful podman "${TEST_ROOTFUL_SOCKET:-}"; }
rootless_conforms() { conforms rootless podman "${TEST_ROOTLESS_SOCKET:-}"; }

check 'Docker passes the conformance suite' docker_conforms
check 'Podman passes it as root' rootful_conforms
check 'Podman passes it without root' rootless_conforms

finish
