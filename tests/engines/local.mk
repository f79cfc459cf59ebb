# tests/engines: real engines for the live tests
EXTRA_DIST += %D%/engines %D%/services.sh %D%/docker.sh %D%/podman.sh \
	%D%/registry.sh %D%/images.sh
