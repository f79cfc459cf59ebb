/* SPDX-License-Identifier: MIT */
/* Both ends of a session, joined by pipes, with each shell there is. */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "run/script.h"
#include "run/session.h"
#include "tap.h"

struct bench {
	struct queue *events;
	struct teller teller;
	struct run_logs *logs;
	struct pump *pump;
	struct session *session;
	struct step step;
	struct session_result result;
	char base[300], *log;
	int steps;
	pid_t shell;
};

static const char *const shells[] = {"dash", "bash", "busybox"};

static bool exists(const char *program)
{
	AUTO_FREE char *command =
		xasprintf("command -v %s >/dev/null 2>&1", program);
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

static void write_file(const struct bench *b, const char *name,
		       const char *data, size_t len)
{
	AUTO_FREE char *path = xasprintf("%s/%s", b->base, name);
	AUTO_ERROR struct error *err = NULL;

	need(file_replace(path, data, len, 0644, &err) == 0);
}

static void start_shell(struct bench *b, const char *shell)
{
	AUTO_FREE char *driver = xasprintf("%s/driver", b->base);
	AUTO_FREE char *work = xasprintf("%s/work/dir", b->base);

	b->shell = fork();
	if (b->shell == 0) {
		dup2(session_stdin(b->session), 0);
		dup2(session_stdout(b->session), 1);
		if (strcmp(shell, "busybox") == 0)
			execlp(shell, "busybox", "sh", driver, b->base, work,
			       "a.", (char *)NULL);
		else
			execlp(shell, shell, driver, b->base, work, "a.",
			       (char *)NULL);
		_exit(127);
	}
	session_begin(b->session);
}

static void bench_open(struct bench *b, const char *shell,
		       const struct environment *env)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;
	char id[RUN_ID];

	signal(SIGPIPE, SIG_IGN);
	*b = (struct bench){.events = queue_new()};
	b->teller = (struct teller){b->events, secrets_new()};
	snprintf(b->base, sizeof(b->base), "%s/%s", test_dir(), shell);
	need(dir_make(b->base, 0755, &err) == 0);
	setenv("XDG_STATE_HOME", b->base, 1);
	run_id_new(id);
	need(run_logs_new(id, &b->logs, &err) == 0);
	need(pump_new(&b->pump, &err) == 0);
	need(session_new(b->pump, &b->session, &err) == 0);
	need(script_environment(&text, env, &err) == 0);
	write_file(b, "environment", text.data, text.len);
	write_file(b, "driver", session_driver, strlen(session_driver));
	start_shell(b, shell);
}

static void drain(struct bench *b)
{
	struct event *e;

	while ((e = queue_take(b->events, clock_now()))) {
		if (e->path) {
			free(b->log);
			b->log = STEAL_PTR(e->path);
		}
		event_free(e);
	}
}

static void bench_close(struct bench *b)
{
	session_free(b->session);
	waitpid(b->shell, NULL, 0);
	pump_free(b->pump);
	run_logs_free(b->logs);
	drain(b);
	queue_free(b->events);
	secrets_free(b->teller.secrets);
	free(b->log);
}

/* Runs script text as `function` does; the output, for free(). */
static char *play(struct bench *b, const char *function, const char *script,
		  enum session_state want)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;
	char name[16];

	snprintf(name, sizeof(name), "%d", b->steps);
	write_file(b, name, script, strlen(script));
	step_begin(&b->step, &b->teller, b->logs, 7, b->steps++, STEP_SCRIPT,
		   "play");
	session_run(b->session, &b->step, function, name);
	ok_int(session_wait(b->session, -1, clock_after_ms(20000), &b->result),
	       want);
	session_detach(b->session);
	step_end(&b->step, &(struct step_result){.status = STATUS_SUCCEEDED});
	drain(b);
	need(b->log && file_read(b->log, &out, &err) == 0);
	return buf_steal(&out);
}

/* Plays a script with the house prologue. */
static char *play_items(struct bench *b, const char *item)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	const char *items[] = {item, NULL};

	script_text(&text, NULL, items);
	return play(b, "cirrus_script", text.data, SESSION_DONE);
}

static void each_shell(void (*test)(struct bench *),
		       const struct environment *env)
{
	static const struct environment none;
	int tried = 0;

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		struct bench b;

		if (!exists(shells[i]))
			continue;
		printf("# %s\n", shells[i]);
		bench_open(&b, shells[i], env ? env : &none);
		test(&b);
		bench_close(&b);
		tried++;
	}
	ok(tried > 0);
}

static void echoes(struct bench *b)
{
	AUTO_FREE char *out = play_items(b, "echo one\nfalse\necho two");
	AUTO_FREE char *loud = play_items(b, "echo loud >&2");

	ok_str(out, "echo one\none\nfalse\n");
	ok_int(b->result.status, 0);
	ok_str(loud, "echo loud >&2\nloud\n");
}

TEST(scripts_echo_and_stop_at_the_first_failure)
{
	each_shell(echoes, NULL);
}

static void statuses(struct bench *b)
{
	free(play(b, "cirrus_script", "exit 3\n", SESSION_DONE));
	ok_int(b->result.status, 3);
	ok(!b->result.died);
	free(play(b, "cirrus_script", "exit 137\n", SESSION_DONE));
	ok_int(b->result.status, 137);
	ok(!b->result.died);
	free(play(b, "cirrus_script", "kill -9 $$\n", SESSION_DONE));
	ok_int(b->result.status, 137);
	ok(b->result.died);
	free(play(b, "cirrus_script", ":\n", SESSION_DONE));
	ok_int(b->result.status, 0);
	ok(!b->result.died);
}

TEST(a_signal_is_not_an_exit_status)
{
	each_shell(statuses, NULL);
}

static void no_newline(struct bench *b)
{
	AUTO_FREE char *out =
		play(b, "cirrus_script", "printf 'a\\r\\nb'\n", SESSION_DONE);
	AUTO_FREE char *none =
		play(b, "cirrus_script", "exec >&-; :\n", SESSION_DONE);

	ok_str(out, "a\r\nb");
	ok_str(none, "");
}

TEST(output_is_byte_exact)
{
	each_shell(no_newline, NULL);
}

static void state_of_scripts(struct bench *b)
{
	AUTO_FREE char *where = NULL, *input = NULL, *want = NULL;

	free(play(b, "cirrus_script", "cd /; A=1; export A\n", SESSION_DONE));
	where = play(b, "cirrus_script", "pwd; echo \"<${A-}>\"\n",
		     SESSION_DONE);
	want = xasprintf("%s/work/dir\n<>\n", b->base);
	ok_str(where, want);
	input = play(b, "cirrus_script", "cat; echo end\n", SESSION_DONE);
	ok_str(input, "end\n");
}

TEST(each_script_starts_afresh_in_the_working_directory)
{
	each_shell(state_of_scripts, NULL);
}

static void reads_values(struct bench *b)
{
	AUTO_FREE char *out = play(b, "cirrus_script",
				   "printf '%s|' \"$QUOTES\" \"$LINES_\"; "
				   "printf %s \"$BIG\" | wc -c | tr -d ' '\n"
				   "env | grep '^a.b='\n"
				   "env | grep -c '^cirrus_' || :\n",
				   SESSION_DONE);

	ok_str(out, "it's \"$(x)\" \\n|a\n\nb\n|65536\na.b=c d\n0\n");
}

TEST(values_arrive_byte_for_byte)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	AUTO_FREE char *big = xcalloc(1, 65537);

	memset(big, 'x', 65536);
	environment_set(&env, "QUOTES", "it's \"$(x)\" \\n");
	environment_set(&env, "LINES_", "a\n\nb\n");
	environment_set(&env, "BIG", big);
	environment_set(&env, "a.b", "c d");
	environment_set(&env, "UID", "77");
	each_shell(reads_values, &env);
}

static void hands_on(struct bench *b)
{
	free(play(b, "cirrus_script", "echo A=1 >>\"$CIRRUS_ENV\"\n",
		  SESSION_DONE));
	ok_str(b->result.body->data, "A=1\n");
	free(play(b, "cirrus_script", ":\n", SESSION_DONE));
	ok_str(b->result.body->data, "");
	session_eval(b->session, "export A='1\n2'\nexport B=3");
	{
		AUTO_FREE char *out = play(b, "cirrus_script",
					   "echo \"$A$B\"\n", SESSION_DONE);
		ok_str(out, "1\n23\n");
	}
}

TEST(variables_are_handed_on)
{
	each_shell(hands_on, NULL);
}

static bool ends(const char *pid)
{
	for (int i = 0; i < 100 && kill(atoi(pid), 0) == 0; i++)
		usleep(20000);
	return kill(atoi(pid), 0) < 0;
}

static void leaves_things(struct bench *b)
{
	int64_t began = clock_now();
	AUTO_FREE char *pid =
		play(b, "cirrus_script", "sleep 60 & echo $!\n", SESSION_DONE);
	AUTO_FREE char *daemon =
		play(b, "cirrus_script",
		     "setsid sleep 5 & echo $!; sleep 0.2\n", SESSION_DONE);
	AUTO_FREE char *silent =
		play(b, "cirrus_script",
		     "setsid sleep 60 >/dev/null 2>&1 & echo $!; sleep 0.2\n",
		     SESSION_DONE);

	/* neither waits for what holds its output open */
	ok(clock_now() - began < 4 * NS_PER_S);
	ok(ends(pid));
	ok(ends(daemon));
	ok(kill(atoi(silent), SIGKILL) == 0);
}

TEST(leftovers_neither_delay_nor_survive)
{
	each_shell(leaves_things, NULL);
}

static void escapes(struct bench *b)
{
	AUTO_FREE char *pid =
		play(b, "cirrus_script", "sleep 60 & echo $!\n", SESSION_DONE);

	usleep(50000);
	ok(kill(atoi(pid), SIGKILL) == 0);
}

TEST(escaping_processes_survive)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	environment_set(&env, "CIRRUS_ESCAPING_PROCESSES", "");
	each_shell(escapes, &env);
}

static void loses_the_shell(struct bench *b)
{
	AUTO_FREE char *out = play(b, "cirrus_script",
				   "echo last; kill -9 $PPID\n", SESSION_LOST);

	ok_str(out, "last\n");
}

TEST(a_shell_that_dies_is_no_script_that_fails)
{
	each_shell(loses_the_shell, NULL);
}

static void is_killed(struct bench *b)
{
	AUTO_FREE char *path = xasprintf("%s/a.pid", b->base);
	AUTO_BUF struct buf pid = BUF_INIT(BUF_LINE);

	write_file(b, "0", "echo on; sleep 60\n", 18);
	step_begin(&b->step, &b->teller, b->logs, 7, 0, STEP_SCRIPT, "play");
	session_run(b->session, &b->step, "cirrus_script", "0");
	ok_int(session_wait(b->session, -1, clock_after_ms(500), &b->result),
	       SESSION_TIMEOUT);
	need(file_read(path, &pid, NULL) == 0);
	ok(kill(-atoi(pid.data), SIGKILL) == 0);
	ok_int(session_wait(b->session, -1, clock_after_ms(9000), &b->result),
	       SESSION_DONE);
	ok(b->result.died);
	step_end(&b->step, &(struct step_result){.status = STATUS_TIMED_OUT});
}

TEST(a_script_can_be_killed_by_its_group)
{
	each_shell(is_killed, NULL);
}

static void is_direct(struct bench *b)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	AUTO_FREE char *out = NULL;

	AUTO_STRV struct strv commands = {0};

	strv_push(&commands, "echo 'a  b' $HOME");
	strv_push(&commands, "sh -c 'exit 7'");
	strv_push(&commands, "echo never");
	need(script_direct(&text, "cirrus_direct", &commands, NULL) == 0);
	session_eval(b->session, text.data);
	out = play(b, "cirrus_direct", "", SESSION_DONE);
	ok_str(out, "a  b $HOME\n");
	ok_int(b->result.status, 7);
}

TEST(a_command_can_run_without_a_shell)
{
	each_shell(is_direct, NULL);
}

static void own_shell(struct bench *b)
{
	AUTO_FREE char *out = play(b, "cirrus_script", "hello\n", SESSION_DONE);

	ok_str(out, "hello\n");
}

TEST(the_shell_may_be_another)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	environment_set(&env, "CIRRUS_SHELL", "cat -u");
	each_shell(own_shell, &env);
}

static void tells_environ(struct bench *b)
{
	session_environ(b->session);
	ok_int(session_wait(b->session, -1, clock_after_ms(9000), &b->result),
	       SESSION_DONE);
	ok(strstr(b->result.body->data, "FROM_IMAGE=two\nlines\001") != NULL);
}

TEST(the_image_tells_its_environment)
{
	setenv("FROM_IMAGE", "two\nlines", 1);
	each_shell(tells_environ, NULL);
	unsetenv("FROM_IMAGE");
}

TAP_MAIN()
