/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/docker/endpoint.h"

#include <errno.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/hash.h"
#include "tap.h"

static struct cirrus_kv options[2];
static struct cirrus_config config;

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);
	AUTO_FREE char *dir =
		xstrndup(path, (size_t)(strrchr(path, '/') - path));

	need(dir_make(dir, 0755, NULL) == 0);
	need(file_replace(path, text, strlen(text), 0600, NULL) == 0);
}

static void fresh(void)
{
	static const char *const unset[] = {
		"DOCKER_HOST",       "DOCKER_CONTEXT", "DOCKER_CONFIG",
		"DOCKER_TLS_VERIFY", "DOCKER_TLS",     "DOCKER_CERT_PATH",
		"XDG_RUNTIME_DIR"};

	for (size_t i = 0; i < ARRAY_LEN(unset); i++)
		unsetenv(unset[i]);
	setenv("HOME", test_dir(), 1);
	config = (struct cirrus_config){.struct_size = sizeof(config),
					.kv = options};
}

static void set_option(const char *key, const char *value)
{
	options[config.n_kv++] = (struct cirrus_kv){key, value};
}

static void put_context(const char *name, const char *meta)
{
	char sha[HASH_TEXT];
	AUTO_FREE char *file = NULL;

	hash_of(HASH_SHA256, name, strlen(name), sha);
	file = xasprintf(".docker/contexts/meta/%s/meta.json", sha);
	put(file, meta);
}

static void put_context_tls(const char *name, const char *pem)
{
	char sha[HASH_TEXT];
	AUTO_FREE char *file = NULL;

	hash_of(HASH_SHA256, name, strlen(name), sha);
	file = xasprintf(".docker/contexts/tls/%s/docker/%s", sha, pem);
	put(file, "PEM");
}

static void finds(const char *url)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;

	ok_int(docker_endpoint(&config, &e, &err), 0);
	ok_str(e.url, url);
}

static void fails(const char *words)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;

	ok_int(docker_endpoint(&config, &e, &err), -1);
	if (!ok(err && strstr(err->msg, words)))
		tap_quote("got:", err ? err->msg : NULL);
}

TEST(urls_become_endpoints)
{
	static const struct {
		const char *url, *unix_path, *host;
		bool tls;
	} table[] = {
		{"unix:///run/d.sock", "/run/d.sock", NULL, false},
		{"/run/d.sock", "/run/d.sock", NULL, false},
		{"tcp://h:1", NULL, "h:1", false},
		{"tcp://h", NULL, "h:2375", false},
		{"tcp://[::1]", NULL, "[::1]:2375", false},
		{"tcp://[::1]:7", NULL, "[::1]:7", false},
		{"http://h:1/", NULL, "h:1", false},
		{"https://h", NULL, "h:2376", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_ENDPOINT struct endpoint e = {0};
		AUTO_ERROR struct error *err = NULL;

		fresh();
		setenv("DOCKER_HOST", table[i].url, 1);
		ok_int(docker_endpoint(&config, &e, &err), 0);
		ok_str(e.unix_path, table[i].unix_path);
		ok_str(e.host, table[i].host);
		ok(e.tls == table[i].tls);
		ok(e.start_hint != NULL);
	}
}

TEST(urls_that_lead_nowhere_are_refused)
{
	static const char *const table[][2] = {
		{"npipe:////./pipe/docker", "not the address of an engine"},
		{"unix://docker.sock", "must be absolute"},
		{"tcp://", "no host"},
		{"tcp://h:1/path", "a path after the host"},
		{"ssh://", "no host"},
		{"ssh://-oProxyCommand=evil", "no host"},
		{"ssh://-l@host", "no host"},
		{"unix:///123456789012345678901234567890123456789012345678901"
		 "2345678901234567890123456789012345678901234567890123456789",
		 "107 bytes"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		fresh();
		setenv("DOCKER_HOST", table[i][0], 1);
		fails(table[i][1]);
	}
}

static void dials(const char *url, const char *want)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	fresh();
	setenv("DOCKER_HOST", url, 1);
	ok_int(docker_endpoint(&config, &e, &err), 0);
	for (size_t i = 0; i < e.dial_argv.len; i++)
		buf_addf(&b, "%s%s", i ? " " : "", e.dial_argv.v[i]);
	ok_str(b.data, want);
}

TEST(ssh_is_a_command_for_each_connection)
{
	dials("ssh://host", "ssh -oConnectTimeout=30 -T -- host docker system "
			    "dial-stdio");
	dials("ssh://me@host:2222",
	      "ssh -oConnectTimeout=30 -T -lme -p2222 -- host docker system "
	      "dial-stdio");
	dials("ssh://me@host/run/d.sock",
	      "ssh -oConnectTimeout=30 -T -lme -- host docker --host "
	      "unix:///run/d.sock system dial-stdio");
}

TEST(options_beat_the_environment_beats_the_context)
{
	fresh();
	put(".docker/config.json", "{\"currentContext\":\"one\"}");
	put_context("one",
		    "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://one:1\"}}}");
	put_context("two",
		    "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://two:2\"}}}");
	finds("tcp://one:1");
	setenv("DOCKER_CONTEXT", "two", 1);
	finds("tcp://two:2");
	setenv("DOCKER_HOST", "tcp://env:3", 1);
	finds("tcp://env:3");
	set_option("context", "one");
	finds("tcp://one:1");
	set_option("host", "tcp://option:4");
	finds("tcp://option:4");
}

TEST(the_context_default_is_none)
{
	fresh();
	put(".docker/config.json", "{\"currentContext\":\"default\"}");
	finds("unix:///var/run/docker.sock");
	put(".docker/config.json", "{}");
	finds("unix:///var/run/docker.sock");
}

TEST(a_daemon_of_ones_own_is_found)
{
	AUTO_FREE char *url = NULL;

	if (access("/var/run/docker.sock", F_OK) == 0)
		skip("the system has a Docker socket");
	fresh();
	url = xasprintf("unix://%s/docker.sock", test_dir());
	put("docker.sock", "");
	setenv("XDG_RUNTIME_DIR", test_dir(), 1);
	finds(url);
}

TEST(contexts_that_do_not_work_say_why)
{
	fresh();
	setenv("DOCKER_CONTEXT", "gone", 1);
	fails("docker context \"gone\" not found");
	put_context("gone", "{\"Endpoints\":{}}");
	fails("no Endpoints.docker.Host");
	put_context("gone", "[");
	fails("meta.json: not a JSON object");
	unsetenv("DOCKER_CONTEXT");
	put(".docker/config.json", "nonsense");
	fails("config.json: not a JSON object");
}

TEST(contexts_bring_their_tls_files)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;

	fresh();
	setenv("DOCKER_CONTEXT", "tls", 1);
	put_context("tls",
		    "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\"}}}");
	put_context_tls("tls", "ca.pem");
	put_context_tls("tls", "cert.pem");
	fails("cert.pem without key.pem");
	put_context_tls("tls", "key.pem");
	need(docker_endpoint(&config, &e, &err) == 0);
	ok(e.tls);
	ok(!e.insecure);
	ok_str(e.host, "h:2376");
	ok(e.ca && strstr(e.ca, "/docker/ca.pem"));
	ok(e.cert && strstr(e.cert, "/docker/cert.pem"));
	ok(e.key && strstr(e.key, "/docker/key.pem"));
}

TEST(contexts_may_skip_verification)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;

	fresh();
	setenv("DOCKER_CONTEXT", "tls", 1);
	put_context("tls", "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h:1\","
			   "\"SkipTLSVerify\":true}}}");
	need(docker_endpoint(&config, &e, &err) == 0);
	ok(e.tls);
	ok(e.insecure);
}

TEST(the_environment_brings_tls)
{
	AUTO_ENDPOINT struct endpoint e = {0}, f = {0};
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *certs = NULL;

	fresh();
	certs = xasprintf("%s/certs", test_dir());
	put("certs/cert.pem", "PEM");
	put("certs/key.pem", "PEM");
	setenv("DOCKER_HOST", "tcp://h", 1);
	setenv("DOCKER_CERT_PATH", certs, 1);
	setenv("DOCKER_TLS", "1", 1);
	need(docker_endpoint(&config, &e, &err) == 0);
	ok(e.tls);
	ok(e.insecure);
	ok(e.ca == NULL);
	ok(e.cert && e.key);
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	fails("no ca.pem");
	put("certs/ca.pem", "PEM");
	need(docker_endpoint(&config, &f, &err) == 0);
	ok(f.tls);
	ok(!f.insecure);
	ok(f.ca != NULL);
}

TEST(a_unix_socket_has_no_tls)
{
	AUTO_ENDPOINT struct endpoint e = {0};
	AUTO_ERROR struct error *err = NULL;

	fresh();
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	setenv("DOCKER_HOST", "unix:///d.sock", 1);
	need(docker_endpoint(&config, &e, &err) == 0);
	ok(!e.tls);
}

TEST(hints_say_what_a_person_can_do)
{
	struct endpoint e = {.unix_path = (char *)"/no/such.sock",
			     .start_hint = "start it"};
	AUTO_ERROR struct error *err = NULL;
	AUTO_ERROR struct error *denied = NULL;

	error_set(&err, ERR_BACKEND, "cannot connect");
	endpoint_hint(&e, ENOENT, &err);
	ok_str(err->hint, "start it");
	error_set(&denied, ERR_BACKEND, "cannot connect");
	endpoint_hint(&e, EACCES, &denied);
	ok_str(denied->hint, "this user may not open the socket");
}

TEST(hints_name_the_command_that_carries_the_connection)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_ENDPOINT struct endpoint e = {0};

	fresh();
	setenv("DOCKER_HOST", "ssh://me@far:2222/run/d.sock", 1);
	need(docker_endpoint(&config, &e, &err) == 0);
	error_set(&err, ERR_BACKEND, "cannot connect");
	endpoint_hint(&e, 0, &err);
	ok_str(err->hint,
	       "this must work without a question: ssh -lme -p2222 far docker "
	       "--host unix:///run/d.sock version");
}

TEST(hints_name_the_group_of_the_socket)
{
	AUTO_ERROR struct error *err = NULL;
	struct endpoint e = {0};

	if (getuid() != 0)
		skip("only root can give files away");
	put("sock", "");
	e.unix_path = xasprintf("%s/sock", test_dir());
	need(chown(e.unix_path, 0, 1) == 0); /* daemon, on every Unix */
	need(chmod(e.unix_path, 0660) == 0);
	error_set(&err, ERR_BACKEND, "cannot connect");
	endpoint_hint(&e, EACCES, &err);
	ok_str(err->hint, "add yourself to the group daemon: sudo usermod -aG "
			  "daemon $USER, then log in again");
	endpoint_clear(&e);
}

TAP_MAIN()
