/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/auth.h"

#include <fcntl.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/authfile.h"
#include "tap.h"

/* --- a host that remembers what it was told ---------------------------------- */

static struct {
	int asked, errors;
	char registry[128], secrets[512], warnings[1024];
	cirrus_status answer;
	struct cirrus_registry_auth give;
} host_saw;

static void on_log(const struct cirrus_call *call, int32_t level,
		   const char *msg)
{
	(void)call;
	if (level <= CIRRUS_LOG_WARN)
		snprintf(host_saw.warnings + strlen(host_saw.warnings),
			 sizeof(host_saw.warnings) - strlen(host_saw.warnings),
			 "%s\n", msg);
}

static void on_error(const struct cirrus_call *call, cirrus_status status,
		     const char *msg, const char *hint)
{
	(void)call, (void)status, (void)msg, (void)hint;
	host_saw.errors++;
}

static cirrus_status on_auth(const struct cirrus_call *call,
			     const char *registry,
			     struct cirrus_registry_auth *out)
{
	uint32_t size = out->struct_size;

	(void)call;
	host_saw.asked++;
	snprintf(host_saw.registry, sizeof(host_saw.registry), "%s", registry);
	if (host_saw.answer == CIRRUS_OK)
		*out = host_saw.give;
	out->struct_size = size;
	return host_saw.answer;
}

static void on_secret(const char *text)
{
	snprintf(host_saw.secrets + strlen(host_saw.secrets),
		 sizeof(host_saw.secrets) - strlen(host_saw.secrets), "%s;",
		 text);
}

static const struct cirrus_host test_host = {
	.struct_size = sizeof(test_host),
	.log = on_log,
	.error = on_error,
	.registry_auth = on_auth,
	.secret = on_secret,
	.now_ns = clock_now,
};

static struct cirrus_call call = {.struct_size = sizeof(call),
				  .host = &test_host};

/* --- a home of its own ---------------------------------------------------------- */

static void put(const char *name, const char *text, mode_t mode)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);
	AUTO_FREE char *dir =
		xstrndup(path, (size_t)(strrchr(path, '/') - path));

	need(dir_make(dir, 0755, NULL) == 0);
	need(file_replace(path, text, strlen(text), mode, NULL) == 0);
}

static void fresh(void)
{
	static const char *const unset[] = {
		"DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME"};
	static char *path;
	AUTO_FREE char *with_bin = NULL;
	AUTO_FREE char *runtime = xasprintf("%s/run", test_dir());

	if (!path)
		path = xstrdup(getenv("PATH"));
	with_bin = xasprintf("%s/bin:%s", test_dir(), path);
	for (size_t i = 0; i < ARRAY_LEN(unset); i++)
		unsetenv(unset[i]);
	setenv("HOME", test_dir(), 1);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	setenv("PATH", with_bin, 1);
	memset(&host_saw, 0, sizeof(host_saw));
	host_saw.answer = CIRRUS_E_NOTFOUND;
	call.deadline_ns = 0;
	call.cancel_fd = 0;
}

#define DOCKER ".docker/config.json"
#define PODMAN "run/containers/auth.json"
/* base64 of user:secret, of other:word */
#define USER_SECRET "dXNlcjpzZWNyZXQ="
#define OTHER_WORD  "b3RoZXI6d29yZA=="

static void is_user(enum auth_store store, const char *ref, const char *user,
		    const char *password)
{
	AUTO_AUTH struct auth a = {0};

	ok_int(auth_for_image(&call, store, ref, &a), CIRRUS_OK);
	ok_str(a.username, user);
	ok_str(a.password, password);
}

/* Undoes base64url. */
static char *decoded(const char *header)
{
	size_t len = strlen(header);
	AUTO_FREE char *copy = xstrdup(header);
	unsigned char *out = xcalloc(1, len + 1);

	for (char *p = copy; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	need(EVP_DecodeBlock(out, (unsigned char *)copy, (int)len) >= 0);
	return (char *)out;
}

/* --- references ------------------------------------------------------------------- */

TEST(registry_of_a_reference)
{
	static const char *const table[][2] = {
		{"debian", "docker.io"},
		{"debian:12", "docker.io"},
		{"library/debian:12", "docker.io"},
		{"docker.io/library/debian", "docker.io"},
		{"index.docker.io/library/debian", "docker.io"},
		{"quay.io/team/image@sha256:abc", "quay.io"},
		{"localhost/image", "localhost"},
		{"localhost:5000/image:1", "localhost:5000"},
		{"host:5000/image", "host:5000"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_FREE char *got = auth_registry(table[i][0]);

		ok_str(got, table[i][1]);
	}
}

TEST(host_of_a_server_name)
{
	static const char *const table[][2] = {
		{"https://index.docker.io/v1/", "docker.io"},
		{"https://quay.io/v2/", "quay.io"},
		{"http://127.0.0.1:5000", "127.0.0.1:5000"},
		{"quay.io", "quay.io"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_FREE char *got = authfile_host(table[i][0]);

		ok_str(got, table[i][1]);
	}
}

/* --- the host --------------------------------------------------------------------- */

TEST(the_host_comes_first_and_is_asked_once)
{
	fresh();
	put(DOCKER, "{\"auths\":{\"quay.io\":{\"auth\":\"" USER_SECRET "\"}}}",
	    0600);
	host_saw.answer = CIRRUS_OK;
	host_saw.give.username = "given";
	host_saw.give.password = "by host";
	is_user(AUTH_STORE_DOCKER, "quay.io/a/b:1", "given", "by host");
	ok_int(host_saw.asked, 1);
	ok_str(host_saw.registry, "quay.io");
	ok_str(host_saw.secrets, ""); /* it knows its own */
}

TEST(what_the_host_refuses_is_passed_on)
{
	AUTO_AUTH struct auth a = {0};

	fresh();
	host_saw.answer = CIRRUS_E_CANCELLED;
	ok_int(auth_for_image(&call, AUTH_STORE_DOCKER, "debian", &a),
	       CIRRUS_E_CANCELLED);
}

TEST(nothing_known_is_no_error)
{
	AUTO_AUTH struct auth a = {0};

	fresh();
	ok_int(auth_for_image(&call, AUTH_STORE_PODMAN, "debian", &a),
	       CIRRUS_OK);
	ok(!auth_found(&a));
	ok(auth_header(&a) == NULL);
	ok_str(host_saw.warnings, "");
	ok_str(host_saw.registry, "docker.io");
}

/* --- docker's store ------------------------------------------------------------------ */

TEST(docker_auths_by_host_however_spelled)
{
	fresh();
	put(DOCKER,
	    "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" USER_SECRET
	    "\"},\"https://quay.io/v2/\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	is_user(AUTH_STORE_DOCKER, "debian:12", "user", "secret");
	is_user(AUTH_STORE_DOCKER, "quay.io/a/b", "other", "word");
	is_user(AUTH_STORE_DOCKER, "ghcr.io/a/b", NULL, NULL);
	ok_str(host_saw.secrets, "secret;word;");
}

TEST(docker_config_directory_may_be_elsewhere)
{
	AUTO_FREE char *dir = NULL;

	fresh();
	dir = xasprintf("%s/else", test_dir());
	put("else/config.json",
	    "{\"auths\":{\"quay.io\":{\"auth\":\"" USER_SECRET "\"}}}", 0600);
	setenv("DOCKER_CONFIG", dir, 1);
	is_user(AUTH_STORE_DOCKER, "quay.io/a", "user", "secret");
}

TEST(identity_tokens_stand_for_passwords)
{
	AUTO_AUTH struct auth a = {0};
	AUTO_FREE char *header = NULL;
	AUTO_FREE char *plain = NULL;

	fresh();
	put(DOCKER,
	    "{\"auths\":{\"quay.io\":{\"auth\":\"" USER_SECRET
	    "\",\"identitytoken\":\"t0ken\"}}}",
	    0600);
	ok_int(auth_for_image(&call, AUTH_STORE_DOCKER, "quay.io/a", &a), 0);
	ok_str(a.identity_token, "t0ken");
	header = auth_header(&a);
	need(header);
	plain = decoded(header);
	ok_str(plain,
	       "{\"identitytoken\":\"t0ken\",\"serveraddress\":\"quay.io\"}");
	ok_str(host_saw.secrets, "t0ken;");
}

TEST(header_is_base64url_of_json)
{
	struct auth a = {.username = (char *)"u",
			 .password = (char *)"?>>>~~~",
			 .server = (char *)"quay.io"};
	AUTO_FREE char *header = auth_header(&a);
	AUTO_FREE char *plain = decoded(header);

	ok(!strpbrk(header, "+/"));
	ok_str(plain, "{\"username\":\"u\",\"password\":\"?>>>~~~\","
		      "\"serveraddress\":\"quay.io\"}");
}

TEST(a_broken_file_is_a_warning_that_names_it)
{
	fresh();
	put(DOCKER, "{\"auths\": [", 0600);
	is_user(AUTH_STORE_DOCKER, "quay.io/a", NULL, NULL);
	ok(strstr(host_saw.warnings, DOCKER ": not a JSON object"));
	put(DOCKER, "{\"auths\":{\"quay.io\":{\"auth\":\"!!!!\"}}}", 0600);
	is_user(AUTH_STORE_DOCKER, "quay.io/a", NULL, NULL);
	ok(strstr(host_saw.warnings, "\"auth\" of quay.io is not base64"));
	ok_int(host_saw.errors, 0);
}

/* --- helpers --------------------------------------------------------------------------- */

/* Answers for quay.io and Docker Hub, has a token for ghcr.io. */
#define HELPER                                                                  \
	"#!/bin/sh\n"                                                           \
	"read -r server\n"                                                      \
	"case $1:$server in\n"                                                  \
	"list:) echo '{\"quay.io\":\"me\",\"ghcr.io\":\"<token>\"}' ;;\n"       \
	"get:quay.io|get:https://index.docker.io/v1/)\n"                        \
	"  echo '{\"Username\":\"me\",\"Secret\":\"from helper\"}' ;;\n"        \
	"get:ghcr.io) echo '{\"Username\":\"<token>\",\"Secret\":\"tt\"}' ;;\n" \
	"get:broken.io) echo 'the key ring is locked'; exit 2 ;;\n"             \
	"get:slow.io) exec sleep 600 ;;\n"                                      \
	"*) echo 'credentials not found in native keychain'; exit 1 ;;\n"       \
	"esac\n"

static void with_helper(const char *config)
{
	fresh();
	put("bin/docker-credential-fake", HELPER, 0755);
	put(DOCKER, config, 0600);
}

TEST(credentials_store_answers_for_all)
{
	AUTO_AUTH struct auth a = {0};

	with_helper("{\"credsStore\":\"fake\"}");
	is_user(AUTH_STORE_DOCKER, "debian", "me", "from helper");
	is_user(AUTH_STORE_DOCKER, "quay.io/a", "me", "from helper");
	is_user(AUTH_STORE_DOCKER, "other.io/a", NULL, NULL);
	ok_str(host_saw.warnings, "");
	ok_int(auth_for_image(&call, AUTH_STORE_DOCKER, "ghcr.io/a", &a), 0);
	ok_str(a.identity_token, "tt");
	ok(a.username == NULL);
}

TEST(a_helper_for_one_host_beats_the_store)
{
	with_helper("{\"credsStore\":\"missing\","
		    "\"credHelpers\":{\"quay.io\":\"fake\"}}");
	is_user(AUTH_STORE_DOCKER, "quay.io/a", "me", "from helper");
	ok_str(host_saw.warnings, "");
}

TEST(a_helper_that_fails_is_a_warning)
{
	with_helper("{\"credsStore\":\"fake\"}");
	is_user(AUTH_STORE_DOCKER, "broken.io/a", NULL, NULL);
	ok(strstr(host_saw.warnings, "credentials for broken.io"));
	ok(strstr(host_saw.warnings, "the key ring is locked"));
	put(DOCKER, "{\"credsStore\":\"missing\"}", 0600);
	is_user(AUTH_STORE_DOCKER, "quay.io/a", NULL, NULL);
	ok(strstr(host_saw.warnings, "docker-credential-missing: no such"));
	put(DOCKER, "{\"credsStore\":\"../fake\"}", 0600);
	is_user(AUTH_STORE_DOCKER, "quay.io/a", NULL, NULL);
	ok(strstr(host_saw.warnings, "not a plain name"));
}

TEST(a_helper_ends_with_the_call)
{
	AUTO_AUTH struct auth a = {0};
	int fds[2];

	with_helper("{\"credsStore\":\"fake\"}");
	call.deadline_ns = clock_after_ms(200);
	ok_int(auth_for_image(&call, AUTH_STORE_DOCKER, "slow.io/a", &a),
	       CIRRUS_E_TIMEOUT);
	ok_int(host_saw.errors, 1);
	need(fd_pipe(fds, NULL) == 0);
	need(fd_write_all(fds[1], "x", 1) == 0);
	call.deadline_ns = 0;
	call.cancel_fd = fds[0];
	ok_int(auth_for_image(&call, AUTH_STORE_DOCKER, "slow.io/a", &a),
	       CIRRUS_E_CANCELLED);
	ok_int(host_saw.errors, 2);
	close(fds[0]);
	close(fds[1]);
}

/* --- podman's store ---------------------------------------------------------------------- */

TEST(podman_takes_the_longest_namespace)
{
	fresh();
	put(PODMAN,
	    "{\"auths\":{\"quay.io\":{\"auth\":\"" USER_SECRET
	    "\"},\"quay.io/team\":{\"auth\":\"" OTHER_WORD
	    "\"},\"docker.io\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	is_user(AUTH_STORE_PODMAN, "quay.io/team/image:3", "other", "word");
	is_user(AUTH_STORE_PODMAN, "quay.io/teamwork/image", "user", "secret");
	is_user(AUTH_STORE_PODMAN, "quay.io/image", "user", "secret");
	is_user(AUTH_STORE_PODMAN, "debian", "other", "word");
}

TEST(podman_namespaces_do_not_speak_for_their_registry)
{
	fresh();
	put(PODMAN,
	    "{\"auths\":{\"quay.io/team\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	is_user(AUTH_STORE_PODMAN, "quay.io/else/image", NULL, NULL);
}

TEST(podman_falls_back_to_dockers_file)
{
	fresh();
	put(PODMAN, "{\"auths\":{\"ghcr.io\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	put(DOCKER,
	    "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" USER_SECRET
	    "\"}}}",
	    0600);
	is_user(AUTH_STORE_PODMAN, "debian", "user", "secret");
	is_user(AUTH_STORE_PODMAN, "ghcr.io/a", "other", "word");
}

TEST(registry_auth_file_stands_alone)
{
	AUTO_FREE char *path = NULL;

	fresh();
	path = xasprintf("%s/mine.json", test_dir());
	put(DOCKER, "{\"auths\":{\"ghcr.io\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	put("mine.json",
	    "{\"auths\":{\"quay.io\":{\"auth\":\"" USER_SECRET "\"}}}", 0600);
	setenv("REGISTRY_AUTH_FILE", path, 1);
	is_user(AUTH_STORE_PODMAN, "quay.io/a", "user", "secret");
	is_user(AUTH_STORE_PODMAN, "ghcr.io/a", NULL, NULL);
}

/* --- builds --------------------------------------------------------------------------------- */

TEST(a_build_gets_all_there_is)
{
	static const char *const registries[] = {"given.io", NULL};
	AUTO_FREE char *header = NULL;
	AUTO_FREE char *plain = NULL;

	fresh();
	put("bin/docker-credential-fake", HELPER, 0755);
	put(DOCKER,
	    "{\"credHelpers\":{\"quay.io\":\"fake\"},\"auths\":{"
	    "\"https://index.docker.io/v1/\":{\"auth\":\"" USER_SECRET "\"}}}",
	    0600);
	ok_int(auth_build_header(&call, AUTH_STORE_DOCKER, registries, &header),
	       CIRRUS_OK);
	need(header);
	plain = decoded(header);
	ok(strstr(plain,
		  "\"https://index.docker.io/v1/\":{\"username\":\"user\""));
	ok(strstr(plain, "\"quay.io\":{\"username\":\"me\""));
	ok(!strstr(plain, "given.io")); /* the host had none after all */
	ok_int(host_saw.asked, 3);
}

TEST(a_build_lists_the_credentials_store)
{
	AUTO_FREE char *header = NULL;
	AUTO_FREE char *plain = NULL;

	with_helper("{\"credsStore\":\"fake\"}");
	ok_int(auth_build_header(&call, AUTH_STORE_DOCKER, NULL, &header), 0);
	need(header);
	plain = decoded(header);
	ok(strstr(plain, "\"quay.io\":{\"username\":\"me\""));
	ok(strstr(plain, "\"ghcr.io\":{\"identitytoken\":\"tt\""));
}

TEST(a_build_without_credentials_has_no_header)
{
	AUTO_FREE char *header = NULL;

	fresh();
	ok_int(auth_build_header(&call, AUTH_STORE_PODMAN, NULL, &header), 0);
	ok(header == NULL);
}

TEST(a_build_for_podman_keeps_namespaces)
{
	AUTO_FREE char *header = NULL;
	AUTO_FREE char *plain = NULL;

	fresh();
	put(PODMAN,
	    "{\"auths\":{\"quay.io/team\":{\"auth\":\"" OTHER_WORD "\"}}}",
	    0600);
	ok_int(auth_build_header(&call, AUTH_STORE_PODMAN, NULL, &header), 0);
	need(header);
	plain = decoded(header);
	ok(strstr(plain, "\"quay.io/team\":{\"username\":\"other\""));
}

TAP_MAIN()
