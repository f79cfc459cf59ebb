# SPDX-License-Identifier: MIT
# One small image, made here from the machine's own static busybox, so that no
# network is needed; the same image id in every engine.

make_rootfs() { # OUT.tar
	local r applet
	r=$(mktemp -d)
	chmod 755 "$r"
	mkdir -p "$r"/{bin,sbin,etc,root,proc,sys,dev,tmp,var/tmp,usr/bin,usr/sbin,home}
	cp /bin/busybox "$r/bin/busybox"
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$r/bin/$applet"
	done
	chmod 1777 "$r/tmp" "$r/var/tmp"
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$r/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$r/etc/group"
	tar -C "$r" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$1" .
	rm -rf "$r"
}

# An archive as `docker save` writes it, but with the architecture we say.
make_archive() { # ROOTFS.tar NAME ARCH OUT.tar
	local w id sum
	w=$(mktemp -d)
	cp "$1" "$w/layer.tar"
	sum=$(sha256sum <"$1")
	jq -cjn --arg arch "$3" --arg layer "sha256:${sum%% *}" '{architecture: $arch, os: "linux",
		created: "2026-01-01T00:00:00Z", config: {Cmd: ["/bin/sh"],
		Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
		rootfs: {type: "layers", diff_ids: [$layer]},
		history: [{created: "2026-01-01T00:00:00Z"}]}' >"$w/config"
	id=$(sha256sum <"$w/config")
	id=${id%% *}
	mv "$w/config" "$w/$id.json"
	jq -cn --arg c "$id.json" --arg tag "docker.io/$2:latest" \
		'[{Config: $c, RepoTags: [$tag], Layers: ["layer.tar"]}]' >"$w/manifest.json"
	tar -C "$w" --owner=0 --group=0 --mtime=@0 -cf "$4" manifest.json "$id.json" layer.tar
	rm -rf "$w"
}

docker_api() { # METHOD PATH [CURL-ARG...]
	local method=$1 path=$2
	shift 2
	curl -s --unix-socket "$docker_socket" -X "$method" "$@" "http://d$path"
}

load_image() { # ARCHIVE NAME
	docker_api POST '/images/load?quiet=1' -o /dev/null -H 'Content-Type: application/x-tar' -T "$1"
	as_root podman image exists "docker.io/$2:latest" || as_root podman load -q <"$1" >/dev/null
	as_rootless podman image exists "docker.io/$2:latest" || as_rootless podman load -q <"$1" >/dev/null
}

push_image() { # NAME REGISTRY DEST-NAME TAG
	local auth
	auth=$(printf '{"username":"user","password":"secret"}' | base64 -w0)
	docker_api POST "/images/$1:latest/tag?repo=$2/$3&tag=$4" -o /dev/null
	docker_api POST "/images/$2/$3/push?tag=$4" -H "X-Registry-Auth: $auth" | grep -q '"aux"' ||
		die "push of $1 to $2 failed"
	docker_api DELETE "/images/$2/$3:$4" -o /dev/null
}

manifest_v2=application/vnd.docker.distribution.manifest.v2+json
manifest_list=application/vnd.docker.distribution.manifest.list.v2+json

# cirrus-test/multi:latest, a list of an amd64 and an arm64 image.
push_multi() {
	local url=http://127.0.0.1:$port/v2/cirrus-test/multi/manifests arch head list=
	push_image $image "127.0.0.1:$port" cirrus-test/multi amd64
	push_image $image-arm64 "127.0.0.1:$port" cirrus-test/multi arm64
	for arch in amd64 arm64; do
		head=$(curl -sI -H "Accept: $manifest_v2" "$url/$arch" | tr -d '\r')
		list=$list${list:+,}$(printf '{"mediaType":"%s","size":%s,"digest":"%s","platform":{"architecture":"%s","os":"linux"}}' \
			$manifest_v2 "$(sed -n 's/^content-length: //Ip' <<<"$head")" \
			"$(sed -n 's/^docker-content-digest: //Ip' <<<"$head")" $arch)
	done
	curl -sf -o /dev/null -X PUT -H "Content-Type: $manifest_list" \
		-d "{\"schemaVersion\":2,\"mediaType\":\"$manifest_list\",\"manifests\":[$list]}" "$url/latest" ||
		die 'push of the manifest list failed'
}

up_images() {
	local d=$state/images r
	[ -e "$d/done" ] && docker_api GET "/images/$image:latest/json" -f -o /dev/null && return 0
	mkdir -p "$d"
	cd "$state/home" || exit 1
	make_rootfs "$d/rootfs.tar"
	make_archive "$d/rootfs.tar" $image amd64 "$d/amd64.tar"
	make_archive "$d/rootfs.tar" $image-arm64 arm64 "$d/arm64.tar"
	load_image "$d/amd64.tar" $image
	docker_api POST '/images/load?quiet=1' -o /dev/null -H 'Content-Type: application/x-tar' -T "$d/arm64.tar"
	for r in "127.0.0.1:$port" "127.0.0.1:$((port + 1))" "$docker_net.1:$((port + 2))"; do
		push_image $image "$r" $image latest
	done
	push_multi
	docker_api DELETE "/images/$image-arm64:latest" -o /dev/null
	: >"$d/done"
}
